// The line at the top: who, which shift, and a dot for everything selling
// depends on. A tap says what it is and what to do.

import { Button, Dialog } from "../shared/components";
import { dateTime, money, time } from "../shared/format";
import { t } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { tap } from "../shared/tap";
import { ask, close } from "./dialogs";
import { Notice, noticed } from "./Notice";
import { openLast } from "./Receipts";
import { company, last, link, outage, queue, register, session, shift, status } from "./store";

type Level = "ok" | "warn" | "bad" | "off";
interface Sign { of: "link" | "signing" | "printers" | "shift"; icon: string; name: string; level: Level; word: string; demo?: boolean }

function signs(): Sign[] {
  const s = status.value, out = s?.signing.state === "out" || !!outage.value;
  const printers = s?.printers ?? [];
  const sick = printers.find((p) => p.state !== "ok");
  return [
    { of: "link", icon: link.value ? "link" : "offline", name: t("status.link"), level: link.value ? "ok" : "warn", word: link.value ? "" : t("status.offline") },
    { of: "signing", icon: "shield", name: t("status.signing"), level: !s || s.signing.state === "none" ? "off" : out ? "warn" : "ok",
      word: out ? t("status.missing") : "", demo: s?.signing.demo },
    { of: "printers", icon: "printer", name: t("status.printers"), level: printers.length === 0 ? "off" : sick ? "warn" : "ok",
      word: !s ? "" : printers.length === 0 ? t("status.noPrinter") : sick ? t(sick.state === "off" ? "status.off" : "status.waiting") : "" },
  ];
}

export function StatusBar() {
  const s = shift.value;
  return (
    <header class={"status" + (noticed.value ? " status-noticed" : "")}>
      <Button icon="menu" kind="quiet" label={t("menu.title")} onClick={() => ask({ kind: "menu" })} test="menu" fast />
      <Notice />
      <h1 class={noticed.value ? "sr" : "status-name"}><span class="status-company">{company.value?.name ?? "Tresen"}</span><span class="status-register muted">{register.value?.name}</span></h1>
      <button type="button" class="status-who" data-test="status-shift" {...tap(() => ask({ kind: "state", of: "shift" }))}>
        <Icon name="user" /><span>{session.value?.name}</span>{" "}<span class="muted status-shift num">{s ? t("status.shift", { n: s.id }) : t("status.noShift")}</span>
      </button>
      <span class="status-signs">
        {signs().map((x) => (
          <button key={x.of} type="button" class={"sign sign-" + x.level} aria-label={`${x.name}: ${x.word || t("status." + (x.level === "off" ? "unused" : "fine"))}${x.demo ? ", " + t("status.demo") : ""}`}
            data-test={"status-" + x.of} data-level={x.level} {...tap(() => ask({ kind: "state", of: x.of }))}>
            <Icon name={x.icon} /><i class="dot" aria-hidden="true" />{x.word && <span class="sign-word">{x.word}</span>}{" "}{x.demo && <span class="sign-demo">{t("status.demo")}</span>}
          </button>
        ))}
      </span>
      {last.value && (
        <button type="button" class="status-last" data-test="last-receipt" {...tap(openLast)}>
          <Icon name="receipt" /><span class="num">{last.value.number}</span><span class="sr">{t("till.lastReceipt")}</span>
        </button>
      )}
      <span class="status-help"><Button icon="help" kind="quiet" label={t("keys.title")} onClick={() => ask({ kind: "keys" })} test="help" fast /></span>
    </header>
  );
}

export function StateDialog({ of }: { of: Sign["of"] }) {
  return (
    <Dialog title={t("state." + of)} size="s" onClose={close} test="state-dialog">
      <div class="states">{of === "link" ? <LinkState /> : of === "signing" ? <SigningState /> : of === "printers" ? <PrinterStates /> : <ShiftState />}</div>
    </Dialog>
  );
}

function Fact(p: { level: Level; text: string; hint?: string; since?: string }) {
  return (
    <div class={"fact fact-" + p.level}>
      <i class="dot" aria-hidden="true" />
      <div><p><b>{p.text}</b></p>{p.hint && <p>{p.hint}</p>}{p.since && <p class="muted num">{t("state.since", { at: dateTime(p.since) })}</p>}</div>
    </div>
  );
}

function LinkState() {
  const n = queue.waiting.value;
  if (link.value) return <Fact level="ok" text={t("state.linkOK")} />;
  return <Fact level="warn" text={t("banner.offline", { n })} hint={t("state.linkHint")} />;
}

function SigningState() {
  const s = status.value?.signing;
  if (!s) return <Fact level="off" text={t("state.unknown")} />;
  return (
    <>
      <Fact level={s.state === "ok" ? "ok" : s.state === "out" ? "warn" : "off"} text={s.state === "ok" ? t("state.signingOK") : s.message || t("banner.signing")} hint={s.state === "ok" ? undefined : s.hint} since={s.state === "out" ? s.since : undefined} />
      {s.demo && <Fact level="warn" text={t("state.demo")} hint={t("state.demoHint")} />}
    </>
  );
}

function PrinterStates() {
  const ps = status.value?.printers ?? [];
  if (ps.length === 0) return <Fact level="off" text={t("state.noPrinter")} hint={t("state.noPrinterHint")} />;
  return <>{ps.map((p) => (
    <Fact key={p.id} level={p.state === "ok" ? "ok" : "warn"} text={p.name + ": " + (p.state === "ok" ? t("state.printerOK") : p.message || t("status." + p.state))}
      hint={[p.hint, p.jobs > 0 ? t(p.jobs === 1 ? "state.job" : "state.jobs", { n: p.jobs }) : ""].filter(Boolean).join(" ")} since={p.state === "ok" ? undefined : p.since} />
  ))}</>;
}

function ShiftState() {
  const s = shift.value;
  if (!s) return <Fact level="off" text={t("status.noShift")} hint={t("refusal.noShift.hint")} />;
  return (
    <>
      <Fact level="ok" text={t("state.shiftOf", { n: s.id, name: s.byName })} since={s.at} />
      <dl class="compare num">
        <div><dt>{t("state.turnover")}</dt><dd>{money(s.totals.turnover)}</dd></div>
        <div><dt>{t("state.cash")}</dt><dd>{money(s.totals.cash)}</dd></div>
        <div><dt>{t("state.sales")}</dt><dd>{s.totals.receipts}</dd></div>
      </dl>
      <p class="muted num">{time(Date.now())}</p>
    </>
  );
}

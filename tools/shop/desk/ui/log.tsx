// The signing unit's own log: what it signed, message by message.

import { date, time } from "../../../../firmware/web/ui/shared/format";
import { known, t } from "../../../../firmware/web/ui/shared/i18n";
import { Icon } from "../../../../firmware/web/ui/shared/icons";
import { entries, state } from "./state";
import type { Entry } from "./state";

export function Log() {
  const s = state.value?.stick;
  if (!s) return null;
  return (
    <section class="card log" aria-labelledby="log-title">
      <header>
        <h2 id="log-title">{t("desk.log")}</h2>
        <p class="muted small num">{t("desk.log.sums", { counter: s.counter, transactions: s.transactions, open: s.open })}</p>
      </header>
      <dl class="unit"><div><dt>{t("desk.log.algorithm")}</dt><dd class="mono">{s.algorithm}</dd></div><div><dt>{t("desk.log.serial")}</dt><dd class="mono" title={s.serial}>{s.serial.slice(0, 16)}…{s.serial.slice(-6)}</dd></div></dl>
      {s.message && <p class="warnline">{s.message}</p>}
      <ol class="entries" tabIndex={0} aria-label={t("desk.log")} data-test="log">
        {entries.value.map((e) => <Line key={e.counter} e={e} />)}
        {entries.value.length === 0 && <li class="muted">{t("desk.log.empty")}</li>}
      </ol>
    </section>
  );
}

function Line({ e }: { e: Entry }) {
  const key = `desk.op.${e.operation}`;
  const start = e.operation.startsWith("Start"), end = e.operation.startsWith("Finish");
  return (
    <li class={`entry ${e.kind}${end ? " end" : ""}`} data-test="entry" data-counter={e.counter}>
      <span class="counter num">{e.counter}</span>
      <span class="kind"><Icon name={end ? "check" : start ? "next" : e.kind === "audit" ? "shield" : "gear"} /></span>
      <span class="what"><strong>{known(key) ? t(key) : e.operation}</strong>{e.transaction ? <span class="num"> {t("desk.log.transaction", { n: e.transaction })}</span> : null}
        {e.client && <span class="muted"> · {e.client}</span>}
        {e.processData && <span class="data mono">{e.processType}: {e.processData}</span>}</span>
      <span class="muted num when" title={date(e.at)}>{time(e.at)}</span>
    </li>
  );
}

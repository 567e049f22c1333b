// Today: how the day goes, in figures an owner asks for, and what needs a hand.

import { get, query } from "../shared/api";
import { Button } from "../shared/components";
import { date, dateTime, day, money, time } from "../shared/format";
import { Icon } from "../shared/icons";
import { known, t } from "../shared/i18n";
import type { Check, Closing, ReceiptRow, View } from "../shared/types";
import { useLoad } from "./load";
import { me, status, view } from "./me";
import { Badge, Head, Waiting } from "./parts";
import { go, href } from "./route";
import { Bars, Tenders } from "./totals";

export function TodayPage() {
  const v = view.value;
  if (!v) return <Waiting lines={6} />;
  return (
    <div class="page today" data-test="page-today">
      <Head title={t("office.today.hello", { name: me.value?.name ?? "" })} sub={`${t(`office.weekday.${weekday(new Date())}`)}, ${date(new Date())} · ${v.company.name}`}>
        <a class="btn btn-plain" href="/till"><Icon name="cash" /><span>{t("office.toTill")}</span></a>
      </Head>
      <Warnings />
      <Tiles v={v} />
      <div class="cards">
        <Hours first={v.day.first ?? 0} receipts={v.receipts} />
        <section class="card"><h2>{t("office.payments")}</h2><Tenders totals={v.day} /></section>
        <section class="card"><h2>{t("office.groups")}</h2><Bars sums={v.day.groups} label={t("office.groups")} /></section>
        <section class="card"><h2>{t("office.staff")}</h2><Bars sums={v.day.staff} label={t("office.staff")} /></section>
        <Open v={v} />
        <Last v={v} />
      </div>
    </div>
  );
}

const weekday = (d: Date): number => new Date(day(d) + "T12:00:00Z").getUTCDay();

/** What the box says is not right, the worst first. */
function Warnings() {
  const order = ["fail", "warn", "info"];
  const list = (status.value?.checks ?? []).filter((c) => c.severity !== "ok").sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  if (list.length === 0) return null;
  return <ul class="warnings" aria-label={t("office.today.warnings")}>{list.map((c) => <Warning key={c.code} c={c} />)}</ul>;
}

/** Our own words for a check if we have some, those of the box else. */
const own = (key: string, theirs: string): string => (known(key) ? t(key) : theirs);

function Warning({ c }: { c: Check & { finding?: string } }) {
  const finding = c.finding ?? "";
  const hint = own(`finding.${finding}.hint`, c.hint);
  return (
    <li class={`warning ${c.severity}`} data-test="warning" data-code={c.code}>
      <Icon name={c.severity === "info" ? "info" : "warn"} />
      <p><strong>{own(`check.${c.code}`, c.title)}</strong> {own(`finding.${finding}`, c.message)} {hint && <span class="muted">{hint}</span>}</p>
      {c.since && c.severity !== "info" && <span class="muted num small">{t("office.since", { at: dateTime(c.since) })}</span>}
    </li>
  );
}

function Tiles({ v }: { v: View }) {
  const d = v.day;
  const orders = Object.values(v.orders ?? {});
  const shift = v.shift;
  return (
    <div class="tiles">
      <Tile big label={t("office.turnover")} value={money(d.turnover)} test="tile-turnover"><Versus turnover={d.turnover} closings={v.closings} /></Tile>
      <Tile label={t("office.sales")} value={String(d.receipts)} test="tile-receipts">{d.voids > 0 ? t(d.voids === 1 ? "office.today.void" : "office.today.voids", { n: d.voids }) : t("office.today.noVoids")}</Tile>
      <Tile label={t("office.average")} value={money(d.receipts > 0 ? Math.round(d.turnover / d.receipts) : 0)}>{d.tips > 0 ? `${t("office.tips")} ${money(d.tips)}` : "\u00a0"}</Tile>
      <Tile label={t("office.today.open")} value={String(orders.length)}>{orders.filter((o) => o.parked).length > 0 ? t("office.today.parked", { n: orders.filter((o) => o.parked).length }) : "\u00a0"}</Tile>
      <Tile label={t("office.today.cash")} value={shift ? money(shift.totals.cash) : "–"} test="tile-cash">
        {shift ? <a href={href("shifts", shift.id)}>{t("office.today.shift", { id: shift.id, name: shift.byName, at: time(shift.at) })}</a> : t("office.today.noShift")}
      </Tile>
    </div>
  );
}

function Tile(p: { label: string; value: string; big?: boolean; test?: string; children?: preact.ComponentChildren }) {
  return <div class={"tile" + (p.big ? " big" : "")} data-test={p.test}><h2>{p.label}</h2><p class="tile-value num">{p.value}</p><p class="tile-sub muted">{p.children}</p></div>;
}

/** The same weekday a week ago, from its closing. */
function Versus({ turnover, closings }: { turnover: number; closings: number }) {
  const then = day(Date.now() - 7 * 86400000);
  const { load } = useLoad(`week/${then}/${closings}`, () => get<{ rows: Closing[] | null }>("/api/v1/closings").then((a) => (a.rows ?? []).filter((z) => day(z.start || z.at) === then)));
  const list = load.data ?? [];
  if (list.length === 0) return <>{load.busy ? "\u00a0" : t("office.today.noWeek")}</>;
  const was = list.reduce((s, z) => s + z.totals.turnover, 0);
  const more = was > 0 ? Math.round(((turnover - was) / was) * 100) : 0;
  return <><Badge tone={more >= 0 ? "ok" : "plain"}>{more >= 0 ? "▲" : "▼"} {Math.abs(more)} %</Badge> {t("office.today.week", { day: t(`office.weekday.${weekday(new Date())}`), amount: money(was) })}</>;
}

interface Hour { hour: number; total: number; n: number }

const page = 500;

/** The receipts since the last Abschluss (closing), as all figures of this page. */
async function sinceClosing(first: number): Promise<ReceiptRow[]> {
  const all: ReceiptRow[] = [];
  for (let before = 0; first > 0; before = all[all.length - 1]!.number) {
    const rows = (await get<{ rows: ReceiptRow[] | null }>("/api/v1/receipts" + query({ before: before || undefined, limit: page }))).rows ?? [];
    all.push(...rows.filter((r) => r.number >= first));
    if (rows.length < page || rows[rows.length - 1]!.number <= first) break;
  }
  return all;
}

/** Turnover by hour as bars; each bar has its figure in words. */
function Hours({ first, receipts }: { first: number; receipts: number }) {
  const { load } = useLoad(`hours/${first}/${receipts}`, () => sinceClosing(first));
  const list = hours(load.data ?? []);
  const top = Math.max(1, ...list.map((h) => h.total));
  const width = 1040, w = width / Math.max(1, list.length), height = 132;
  return (
    <section class="card wide">
      <h2>{t("office.today.hours")}</h2>
      {list.length === 0 ? <p class="muted chart-empty">{load.busy ? "\u00a0" : t("office.noSales")}</p> : (
        <svg class="chart" viewBox={`0 0 ${width} ${height + 34}`} role="img" aria-label={list.map((h) => `${h.hour}–${h.hour + 1}: ${money(h.total)}`).join(", ")} data-test="hours">
          {list.map((h, i) => {
            const tall = Math.max(0, Math.round((h.total / top) * height));
            return (
              <g key={h.hour}>
                <title>{`${h.hour}–${h.hour + 1}: ${money(h.total)} (${h.n})`}</title>
                <rect class="bar" x={i * w + w * 0.14} y={height + 14 - tall} width={w * 0.72} height={tall} rx="4" />
                {h.total > 0 && <text class="figure" x={i * w + w / 2} y={height + 9 - tall}>{Math.round(h.total / 100)}</text>}
                <text x={i * w + w / 2} y={height + 30}>{h.hour}</text>
              </g>
            );
          })}
        </svg>
      )}
    </section>
  );
}

function hours(list: ReceiptRow[]): Hour[] {
  const by = new Map<number, Hour>();
  for (const r of list) {
    if (r.kind !== "sale" && r.kind !== "void") continue;
    const hour = Number(time(r.at).slice(0, 2));
    const h = by.get(hour) ?? { hour, total: 0, n: 0 };
    by.set(hour, { hour, total: h.total + r.total, n: h.n + 1 });
  }
  if (by.size === 0) return [];
  const first = Math.min(...by.keys(), 8), last = Math.max(...by.keys(), 18);
  return Array.from({ length: last - first + 1 }, (_, i) => by.get(first + i) ?? { hour: first + i, total: 0, n: 0 });
}

function Open({ v }: { v: View }) {
  const list = Object.values(v.orders ?? {}).sort((a, b) => (a.at < b.at ? -1 : 1));
  if (list.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("office.today.open")}</h2>
      <table class="mini"><tbody>
        {list.slice(0, 12).map((o) => <tr key={o.id}><th scope="row">{o.label || t("office.today.order", { n: o.number })}</th><td class="num muted">{time(o.at)}</td><td class="right">{t(o.lines.length === 1 ? "office.today.line" : "office.today.lines", { n: o.lines.length })}</td></tr>)}
      </tbody></table>
    </section>
  );
}

function Last({ v }: { v: View }) {
  const r = v.last;
  if (!r) return null;
  return (
    <section class="card">
      <h2>{t("office.today.last")}</h2>
      <p><a href={href("receipts", r.number)}>{t("office.receipt.title", { number: r.number })}</a> <span class="muted">{t(`office.receipt.kind.${r.kind}`)} · {r.byName} · <span class="num">{dateTime(r.at)}</span></span></p>
      <p class="tile-value num">{money(r.total)}</p>
      <Button icon="receipt" onClick={() => go(href("receipts"))}>{t("office.today.allReceipts")}</Button>
    </section>
  );
}

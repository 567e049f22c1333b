// The master-data change log (Programmierprotokoll): old, new, who, when.

import { useSignal } from "@preact/signals";
import { Button, Empty, toastError } from "../shared/components";
import { date, day, dateTime, time } from "../shared/format";
import { Icon } from "../shared/icons";
import { t } from "../shared/i18n";
import { csv, download } from "./csv";
import { Diff, loadChanges, who } from "./diff";
import type { Change } from "./diff";
import { useLoad } from "./load";
import { Failed, Head, Waiting } from "./parts";
import { href, replace } from "./route";
import { nameOf, rows, version } from "./rows";
import { kinds, singles } from "./schema";
import type { Kind } from "./schema";
import { differences } from "./show";
import { Search } from "./table";

const page = 60;

const pages: Record<Kind, string> = {
  article: "articles", group: "groups", vat: "vat", discount: "discounts", tender: "tenders", role: "roles",
  employee: "employees", printer: "printers", company: "company", register: "company", layout: "layout",
};

const icons: Record<Kind, string> = {
  article: "cup", group: "folder", vat: "report", discount: "percent", tender: "card", role: "shield", employee: "user",
  printer: "printer", company: "home", register: "cash", layout: "keypad",
};

const title = (c: Change): string => String(c.new["name"] ?? t(`office.kind.${c.kind}`));

export function ChangesPage({ params }: { params: Record<string, string> }) {
  const kind = params["kind"] ?? "";
  const search = useSignal(params["q"] ?? "");
  const more = useSignal<{ rows: Change[]; more: boolean } | undefined>(undefined);
  for (const k of ["group", "vat", "role", "employee"] as Kind[]) rows(k); // names for the diffs
  const { load, again } = useLoad(`${kind}/${version.value}`, () => loadChanges({ kind, limit: page }).then((a) => { more.value = undefined; return a; }));
  const list = [...(load.data?.rows ?? []), ...(more.value?.rows ?? [])];
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = list.filter((c) => words.every((w) => `${title(c)} ${c.id} ${who(c)} ${t(`office.kind.${c.kind}`)}`.toLowerCase().includes(w)));
  const onward = () => loadChanges({ kind, limit: page, before: list[list.length - 1]?.seq }).then((a) => { more.value = { rows: [...(more.value?.rows ?? []), ...a.rows], more: a.more }; }, toastError);
  const hasMore = more.value?.more ?? load.data?.more;
  return (
    <div class="page" data-test="page-changes">
      <Head title={t("office.nav.changes")} sub={t("office.change.about")} />
      <div class="bar">
        <Search value={search.value} onChange={(s) => { search.value = s; }} hint={t("office.change.search")} />
        <label class="filter"><span class="sr">{t("office.change.kind")}</span>
          <select value={kind} data-test="filter-kind" onChange={(e) => replace(href("changes", "", { kind: e.currentTarget.value }))}>
            <option value="">{t("office.change.allKinds")}</option>
            {kinds.map((k) => <option key={k} value={k}>{t(`office.kind.${k}`)}</option>)}
          </select>
        </label>
        <Button kind="quiet" icon="download" disabled={shown.length === 0} onClick={() => save(shown)} test="csv">CSV</Button>
      </div>
      {load.error ? <Failed error={load.error} again={again} /> : !load.data ? <Waiting />
        : shown.length === 0 ? <Empty icon="clock" title={t(list.length ? "office.nothing" : "office.change.empty")}>{t(list.length ? "office.nothingText" : "office.change.emptyText")}</Empty>
        : <Days list={shown} />}
      {hasMore && <div class="more"><Button onClick={() => void onward()} test="onward">{t("office.onward")}</Button></div>}
    </div>
  );
}

/** Changes under the day they were made on. */
function Days({ list }: { list: Change[] }) {
  const days = new Map<string, Change[]>();
  for (const c of list) days.set(date(c.at), [...(days.get(date(c.at)) ?? []), c]);
  return (
    <>
      {[...days].map(([d, some]) => (
        <section key={d} class="day">
          <h2 class="num">{d}</h2>
          <ol class="log">{some.map((c, i) => <Entry key={`${c.seq}/${i}`} c={c} />)}</ol>
        </section>
      ))}
    </>
  );
}

function Entry({ c }: { c: Change }) {
  const to = singles.includes(c.kind) ? href(pages[c.kind]) : href(pages[c.kind], c.id);
  return (
    <li class="entry" data-test="change" data-kind={c.kind} data-id={c.id}>
      <span class="entry-icon"><Icon name={icons[c.kind]} /></span>
      <div>
        <p><a href={to}><strong>{title(c)}</strong></a> <span class="muted">{t(`office.kind.${c.kind}`)} · {t(c.old ? "office.change.changed" : "office.change.new")}</span></p>
        {c.old ? <Diff change={c} /> : <details class="fold small"><summary>{t("office.change.values")}</summary><Diff change={c} /></details>}
      </div>
      <p class="entry-who"><strong>{who(c)}</strong><span class="muted num">{time(c.at)}</span></p>
    </li>
  );
}

function save(list: Change[]): void {
  const head = [t("office.change.at"), t("office.change.by"), t("office.change.kind"), "ID", t("office.change.name"), t("office.change.field"), t("office.change.old"), t("office.change.now")];
  const body = list.flatMap((c) => differences(c.kind, c.old ?? undefined, c.new).map((d) => [dateTime(c.at), who(c), t(`office.kind.${c.kind}`), c.id, nameOf(c.kind, c.id), d.label, d.old.join(", "), d.now.join(", ")]));
  download(`${t("office.nav.changes")} ${day(new Date())}.csv`, csv(head, body));
}

// One page for every list of master data: search, filter, sort, a side panel
// with the form. What differs between kinds is in its List.

import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";
import { Button, Choice, Empty } from "../shared/components";
import { day } from "../shared/format";
import { t } from "../shared/i18n";
import { csv, download } from "./csv";
import { Fields, Foot, Notes, useDraft, useGuard } from "./form";
import { History } from "./diff";
import { may } from "./me";
import { Failed, Head, Panel, Waiting } from "./parts";
import { go, href, replace } from "./route";
import { reload, table } from "./rows";
import { blank, fields, needs } from "./schema";
import type { Kind, Row } from "./schema";
import { label, show } from "./show";
import { Search, Table, matching } from "./table";
import type { Column } from "./table";
import type { Draft } from "./draft";

export interface List {
  kind: Kind;
  page: string;
  icon: string;
  columns(): Column<Row>[];
  sort?: string;
  order?(rows: Row[]): Row[];                       // a fixed order, such as that of the till
  filter?(rows: Row[]): { node: ComponentChildren; rows: Row[] };
  fresh?(rows: Row[]): Partial<Row>;                // values of a new row
  copy?(row: Row, rows: Row[]): Partial<Row>;       // what a duplicate does not take over
  tools?(row: Row, rows: Row[]): ComponentChildren; // at the end of a line
  extra?(draft: Draft): ComponentChildren;          // below the fields
  title?: ComponentChildren;                        // instead of the heading, for tabs
}

type Show = "active" | "inactive" | "all";

export function MasterPage({ list, id, params }: { list: List; id: string; params: Record<string, string> }) {
  const load = table(list.kind).value;
  const search = useSignal(params["q"] ?? "");
  const which = useSignal<Show>("active");
  const rows = load.data ?? [];
  const columns = list.columns();
  const lesser = list.filter?.(rows) ?? { rows, node: null };
  const some = lesser.rows.filter((r) => r.id === id || which.value === "all" || Boolean(r["active"]) === (which.value === "active"));
  const found = matching(some, columns, search.value, (r) => (Array.isArray(r["barcodes"]) ? r["barcodes"].join(" ") : ""));
  const shown = list.order ? list.order(found) : found;
  const isNew = id === "new";
  const row = isNew ? start(list, params, rows) : rows.find((r) => r.id === id);
  const close = () => go(href(list.page));
  return (
    <div class={"split" + (row ? " open" : "")} data-test={`page-${list.page}`}>
      <div class="list-side">
        {list.title}
        <Head title={t(`office.nav.${list.page}`)} sub={t(`office.${list.kind}.about`)}>
          {may(needs(list.kind)) && <Button kind="primary" icon="plus" onClick={() => go(href(list.page, "new"))} test="new">{t(`office.${list.kind}.new`)}</Button>}
        </Head>
        <div class="bar">
          <Search value={search.value} onChange={(s) => { search.value = s; }} />
          {lesser.node}
          <Choice<Show> label={t("office.show")} value={which.value} onChange={(v) => { which.value = v; }}
            options={(["active", "inactive", "all"] as Show[]).map((v) => ({ value: v, text: t(`office.show.${v}`), test: `show-${v}` }))} />
          <Button kind="quiet" icon="download" onClick={() => save(list, shown)} disabled={shown.length === 0} test="csv">CSV</Button>
        </div>
        <p class="count muted" role="status">{load.data ? t(shown.length === 1 ? "office.count.one" : "office.count", { n: shown.length }) : ""}</p>
        {load.error ? <Failed error={load.error} again={() => void reload(list.kind)} />
          : !load.data ? <Waiting />
          : rows.length === 0 ? <Empty icon={list.icon} title={t(`office.${list.kind}.empty`)}>{t(`office.${list.kind}.emptyText`)}</Empty>
          : shown.length === 0 ? <Empty icon="search" title={t("office.nothing")}>{t("office.nothingText")}</Empty>
          : <Table key={list.page} rows={shown} columns={columns} id={(r) => r.id} to={(r) => href(list.page, r.id)} selected={id} label={t(`office.nav.${list.page}`)}
              sort={list.sort ?? "name"} natural={list.order !== undefined} dim={(r) => !r["active"]}
              tools={list.tools && may(needs(list.kind)) ? (r) => list.tools!(r, shown) : undefined} />}
      </div>
      {row && <RowPanel key={isNew ? "new" + (params["copy"] ?? "") : id} list={list} row={row} isNew={isNew} onClose={close} />}
      {!row && id && load.data && <Gone close={close} />}
    </div>
  );
}

function Gone({ close }: { close(): void }) {
  return <Panel name="gone" title={t("office.gone")} onClose={close}><p>{t("office.goneText")}</p></Panel>;
}

/** A new row: usual values, or a copy of another one under a new name. */
function start(list: List, params: Record<string, string>, rows: Row[]): Row {
  const from = rows.find((r) => r.id === params["copy"]);
  const fresh = { ...blank(list.kind), ...list.fresh?.(rows) };
  if (!from) return fresh;
  return { ...from, ...list.copy?.(from, rows), id: "", name: t("office.copyOf", { name: String(from["name"]) }) };
}

function RowPanel({ list, row, isNew, onClose }: { list: List; row: Row; isNew: boolean; onClose(): void }) {
  const draft = useDraft(list.kind, row.id, row, isNew);
  const save = useGuard(draft, () => { if (isNew) replace(href(list.page, draft.row.value.id)); });
  const title = isNew ? t(`office.${list.kind}.new`) : String(draft.base.value["name"]);
  const copy = !isNew && list.copy && may(needs(list.kind)) &&
    <Button kind="quiet" test="duplicate" onClick={() => go(href(list.page, "new", { copy: row.id }))}>{t("office.duplicate")}</Button>;
  return (
    <Panel name={row.id} title={title} sub={t(`office.kind.${list.kind}`)} onClose={onClose} tools={copy} foot={<Foot draft={draft} save={save} />}>
      <Notes draft={draft} />
      <form onSubmit={(e) => { e.preventDefault(); void save(); }} data-test="form" autocomplete="off">
        <Fields draft={draft} />
        <button type="submit" hidden />
      </form>
      {list.extra?.(draft)}
      {!isNew && <History kind={list.kind} id={row.id} />}
    </Panel>
  );
}

function save(list: List, rows: Row[]): void {
  const use = fields[list.kind].filter((f) => f.type !== "pin" && f.type !== "hidden");
  const head = ["ID", ...use.map((f) => label(list.kind, f.key))];
  download(`${t(`office.nav.${list.page}`)} ${day(new Date())}.csv`, csv(head, rows.map((r) => [r.id, ...use.map((f) => show(list.kind, f, r[f.key]))])));
}

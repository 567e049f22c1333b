// The lists of master data, one after the other: columns, order, filters.

import { signal } from "@preact/signals";
import { Button, toastError } from "../shared/components";
import { day, money, rate } from "../shared/format";
import { Icon } from "../shared/icons";
import { t } from "../shared/i18n";
import type { DatedRate } from "../shared/types";
import type { List } from "./master";
import { Badge } from "./parts";
import { PinButton } from "./pin";
import { rateOn } from "./rates";
import { bySort, find, groupTree, move, nameOf, rows } from "./rows";
import type { Kind, Row } from "./schema";
import { choice, label } from "./show";
import type { Column } from "./table";

const text = (r: Row, key: string): string => String(r[key] ?? "");

function column(kind: Kind, key: string, more: Partial<Column<Row>> = {}): Column<Row> {
  return { key, title: label(kind, key), text: (r) => text(r, key), ...more };
}

/** The name, with the colour of the row and a mark when it is not sold. */
function named(kind: Kind, color: (r: Row) => string): Column<Row> {
  return column(kind, "name", { view: (r) => (
    <span class="named">{color(r) !== "-" && <span class="dot" style={{ background: color(r) || "var(--line)" }} />}<span>{text(r, "name")}</span>
      {!r["active"] && <Badge>{t("office.inactive")}</Badge>}</span>
  ) });
}

const group = signal("");

const groupColor = (r: Row): string => text(r, "color") || text(find("group", text(r, "group")) ?? { id: "" }, "color") || text(find("group", text(r, "parent")) ?? { id: "" }, "color");

/** Buttons that move a row among its neighbours. */
function Mover({ kind, row, among }: { kind: Kind; row: Row; among: Row[] }) {
  const list = [...among].sort(bySort);
  const i = list.findIndex((r) => r.id === row.id);
  const by = (n: number) => void move(kind, list, row.id, n).catch(toastError);
  const name = text(row, "name");
  return (
    <>
      <Button kind="quiet" icon="up" label={t("office.up", { name })} disabled={i <= 0} onClick={() => by(-1)} test="move-up" />
      <Button kind="quiet" icon="down" label={t("office.down", { name })} disabled={i < 0 || i === list.length - 1} onClick={() => by(1)} test="move-down" />
    </>
  );
}

function nextPlu(all: Row[]): string {
  return String(Math.max(0, ...all.map((r) => (/^\d{1,9}$/.test(text(r, "plu")) ? Number(r["plu"]) : 0))) + 1);
}

const last = (all: Row[]): number => Math.max(0, ...all.map((r) => Number(r["sort"] ?? 0))) + 10;

export const articles: List = {
  kind: "article", page: "articles", icon: "cup",
  columns: () => [
    named("article", groupColor),
    column("article", "plu", { title: "PLU", order: (r) => Number(r["plu"]) || text(r, "plu"), view: (r) => <span class="num">{text(r, "plu")}</span> }),
    column("article", "group", { hide: "panel", text: (r) => nameOf("group", text(r, "group")) }),
    column("article", "vat", { title: t("office.article.taxes"), hide: "panel", text: (r) => now(r, "vat"), view: (r) => <span class="num">{now(r, "vat")}{r["takeAway"] && r["takeAway"] !== r["vat"] ? " / " + now(r, "takeAway") : ""}</span> }),
    column("article", "price", { right: true, order: (r) => Number(r["price"]), text: (r) => (r["freePrice"] ? t("office.article.free") : money(Number(r["price"] ?? 0))) }),
  ],
  order: (all) => {
    if (group.value) return [...all].sort(bySort);
    const place = new Map(groupTree(rows("group")).map((g, i) => [g.id, i]));
    return [...all].sort((a, b) => (place.get(text(a, "group")) ?? 999) - (place.get(text(b, "group")) ?? 999) || bySort(a, b));
  },
  filter: (all) => ({
    rows: group.value ? all.filter((r) => r["group"] === group.value || find("group", text(r, "group"))?.["parent"] === group.value) : all,
    node: <GroupFilter />,
  }),
  fresh: (all) => ({ plu: nextPlu(all), group: group.value || (groupTree(rows("group"))[0]?.id ?? ""), vat: rows("vat")[0]?.id ?? "", sort: last(all) }),
  copy: (_, all) => ({ plu: nextPlu(all), barcodes: undefined, sort: last(all) }),
  tools: (r, shown) => <Mover kind="article" row={r} among={rows("article").filter((x) => x["group"] === r["group"] && (x["active"] || shown.includes(x)))} />,
};

const now = (r: Row, key: string): string => {
  const x = rateOn((find("vat", text(r, key))?.["rates"] as DatedRate[] | undefined) ?? [], day(new Date()));
  return x ? rate(x.rate) : "–";
};

function GroupFilter() {
  return (
    <label class="filter"><span class="sr">{t("office.article.group")}</span>
      <select value={group.value} data-test="filter-group" onChange={(e) => { group.value = e.currentTarget.value; }}>
        <option value="">{t("office.article.allGroups")}</option>
        {groupTree(rows("group")).map((g) => <option key={g.id} value={g.id}>{g["parent"] ? "\u2003" : ""}{text(g, "name")}</option>)}
      </select>
    </label>
  );
}

export const groups: List = {
  kind: "group", page: "groups", icon: "folder",
  columns: () => [
    { ...named("group", groupColor), view: (r) => (
      <span class={"named" + (r["parent"] ? " child" : "")}>{r["parent"] ? <Icon name="next" /> : null}<span class="dot" style={{ background: groupColor(r) || "var(--line)" }} /><span>{text(r, "name")}</span>{!r["active"] && <Badge>{t("office.inactive")}</Badge>}</span>
    ) },
    { key: "count", title: t("office.group.count"), right: true, text: (r) => String(rows("article").filter((a) => a["active"] && a["group"] === r.id).length) },
    column("group", "noDiscount", { hide: "panel", text: (r) => (r["noDiscount"] ? t("office.group.noDiscount") : ""), title: t("office.group.rule") }),
  ],
  order: groupTree,
  fresh: (all) => ({ sort: last(all) }),
  tools: (r) => <Mover kind="group" row={r} among={rows("group").filter((x) => (x["parent"] ?? "") === (r["parent"] ?? ""))} />,
};

export const vat: List = {
  kind: "vat", page: "vat", icon: "report",
  columns: () => [
    column("vat", "name"),
    { key: "now", title: t("office.vat.today"), right: true, text: (r) => now({ id: "", vat: r.id }, "vat"), order: (r) => rateOn((r["rates"] as DatedRate[]) ?? [], day(new Date()))?.rate ?? 0 },
    { key: "next", title: t("office.vat.next"), hide: "panel", text: (r) => coming(r), view: (r) => (coming(r) ? <Badge tone="info">{coming(r)}</Badge> : "") },
  ],
};

function coming(r: Row): string {
  const today = day(new Date());
  const x = ((r["rates"] as DatedRate[] | null) ?? []).filter((d) => d.from > today).sort((a, b) => (a.from < b.from ? -1 : 1))[0];
  return x ? t("office.vat.since", { day: x.from.split("-").reverse().join("."), rate: rate(x.rate) }) : "";
}

export const discounts: List = {
  kind: "discount", page: "discounts", icon: "percent",
  columns: () => [
    named("discount", () => "-"),
    column("discount", "code", { hide: "panel" }),
    { key: "value", title: t("office.discount.value"), right: true, order: (r) => Number(r["percent"] ?? 0) * 1e9 + Number(r["amount"] ?? 0),
      text: (r) => (r["percent"] ? rate(Number(r["percent"])) : money(Number(r["amount"] ?? 0))) },
  ],
};

export const tenders: List = {
  kind: "tender", page: "tenders", icon: "card",
  columns: () => [
    named("tender", () => "-"),
    column("tender", "type", { text: (r) => choice("tender", "type", text(r, "type")) }),
    column("tender", "drawer", { hide: "panel", text: (r) => (r["drawer"] ? t("office.yes") : "") }),
  ],
  order: (all) => [...all].sort(bySort),
  fresh: (all) => ({ sort: last(all) }),
  tools: (r) => <Mover kind="tender" row={r} among={rows("tender")} />,
};

export const employees: List = {
  kind: "employee", page: "employees", icon: "people",
  columns: () => [
    named("employee", () => "-"),
    column("employee", "fullName", { hide: "panel" }),
    column("employee", "role", { text: (r) => nameOf("role", text(r, "role")) }),
    column("employee", "discountCap", { right: true, hide: "panel", order: (r) => Number(r["discountCap"] ?? 0), text: (r) => rate(Number(r["discountCap"] ?? 0)) }),
    { key: "pin", title: "PIN", text: (r) => (r["pin"] ? t("office.pin.set") : t("office.pin.none")), view: (r) => <Badge tone={r["pin"] ? "ok" : "warn"}>{r["pin"] ? t("office.pin.set") : t("office.pin.none")}</Badge> },
  ],
  fresh: () => ({ role: rows("role").find((r) => r["active"])?.id ?? "" }),
  extra: (d) => <PinButton draft={d} />,
};

export const printers: List = {
  kind: "printer", page: "printers", icon: "printer",
  columns: () => [
    named("printer", () => "-"),
    column("printer", "link", { hide: "panel", view: (r) => <span class="mono">{text(r, "link")}</span> }),
    column("printer", "columns", { text: (r) => choice("printer", "columns", text(r, "columns")) }),
    column("printer", "drawer", { hide: "panel", text: (r) => (r["drawer"] ? t("office.yes") : "") }),
  ],
};

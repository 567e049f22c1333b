// Lists: sort by a click on the heading, one search field, rows that open a
// side panel, arrow keys from row to row.

import { useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Button } from "../shared/components";
import { Icon } from "../shared/icons";
import { t } from "../shared/i18n";

export interface Column<R> {
  key: string;
  title: string;
  text(r: R): string;                   // searched, exported, and shown without view
  order?(r: R): number | string;        // sorts by this; without it by text
  view?(r: R): ComponentChildren;
  right?: boolean;
  hide?: "small" | "panel";             // the first columns to go when space is short
  plain?: boolean;                      // never the link of the row
}

interface Props<R> {
  rows: R[]; columns: Column<R>[]; id(r: R): string; to(r: R): string; selected?: string; label: string;
  sort?: string; down?: boolean; dim?(r: R): boolean; tools?(r: R): ComponentChildren; name?: string;
  natural?: boolean; // the rows have an order of their own: shown at first, and again by a third click on a heading
}

const step = 200; // rows drawn at once; more come with a button

export function sorted<R>(rows: R[], c: Column<R> | undefined, down: boolean): R[] {
  if (!c) return rows;
  const value = c.order ?? c.text;
  const list = [...rows].sort((a, b) => compare(value(a), value(b)));
  return down ? list.reverse() : list;
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "de", { numeric: true });
}

export function Table<R>(p: Props<R>) {
  const [by, setBy] = useState(p.natural ? undefined : p.sort);
  const [down, setDown] = useState(p.down ?? false);
  const [limit, setLimit] = useState(step);
  const body = useRef<HTMLTableSectionElement>(null);
  const list = sorted(p.rows, p.columns.find((c) => c.key === by), down);
  const turn = (key: string) => {
    const third = by === key && down && p.natural;
    setDown(by === key ? !down : false);
    setBy(third ? undefined : key);
  };
  const tools = by === undefined || !p.natural ? p.tools : undefined; // moving makes sense in the own order alone
  const keys = (e: KeyboardEvent) => {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    const links = [...(body.current?.querySelectorAll<HTMLAnchorElement>("a.row-link") ?? [])];
    const i = links.indexOf(document.activeElement as HTMLAnchorElement);
    const next = links[i + (e.key === "ArrowDown" ? 1 : -1)];
    if (i < 0 || !next) return;
    e.preventDefault();
    next.focus();
  };
  const link = p.columns.findIndex((c) => !c.plain);
  return (
    <>
      <table class="table" aria-label={p.label} data-test={p.name ?? "table"}>
        <thead>
          <tr>
            {p.columns.map((c) => <Heading key={c.key} c={c} sort={by === c.key ? (down ? "descending" : "ascending") : "none"} onTurn={() => turn(c.key)} />)}
            {tools && <th><span class="sr">{t("office.actions")}</span></th>}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={keys}>
          {list.slice(0, limit).map((r) => {
            const id = p.id(r);
            const on = id === p.selected;
            return (
              <tr key={id} class={(on ? "on" : "") + (p.dim?.(r) ? " dim" : "")} data-test="row" data-id={id}
                onClick={(e) => { if (!(e.target as HTMLElement).closest("a,button,input")) location.hash = p.to(r); }}>
                {p.columns.map((c, i) => (
                  <td key={c.key} class={cls(c)}>
                    {i === link ? <a class="row-link" href={p.to(r)} aria-current={on ? "true" : undefined}>{c.view ? c.view(r) : c.text(r)}</a> : c.view ? c.view(r) : c.text(r)}
                  </td>
                ))}
                {tools && <td class="row-tools">{tools(r)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
      {list.length > limit && <div class="more"><Button onClick={() => setLimit(limit + step)}>{t("office.more", { n: list.length - limit })}</Button></div>}
    </>
  );
}

const cls = (c: { right?: boolean; hide?: string }): string => [c.right && "right num", c.hide && `hide-${c.hide}`].filter(Boolean).join(" ");

type Sort = "ascending" | "descending" | "none";

function Heading<R>({ c, sort, onTurn }: { c: Column<R>; sort: Sort; onTurn(): void }) {
  if (c.title === "") return <th scope="col" class={cls(c)}>{c.title}</th>;
  return (
    <th scope="col" class={cls(c)} aria-sort={sort}>
      <button type="button" class="sort" onClick={onTurn} data-test={`sort-${c.key}`}>
        {c.title}<span class={"arrow " + sort}><Icon name={sort === "descending" ? "down" : "up"} /></span>
      </button>
    </th>
  );
}

/** Rows in which every word of the search stands somewhere. */
export function matching<R>(rows: R[], columns: Column<R>[], search: string, more?: (r: R) => string): R[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((r) => {
    const text = (columns.map((c) => c.text(r)).join(" ") + " " + (more?.(r) ?? "")).toLowerCase();
    return words.every((w) => text.includes(w));
  });
}

/** The search field of a list; "/" goes there. */
export function Search({ value, onChange, hint, test }: { value: string; onChange(s: string): void; hint?: string; test?: string }) {
  return (
    <label class="search">
      <Icon name="search" /><span class="sr">{t("office.search")}</span>
      <input type="search" value={value} placeholder={hint ?? t("office.search")} data-test={test ?? "search"} data-search="" autoComplete="off"
        onInput={(e) => onChange(e.currentTarget.value)} onKeyDown={(e) => { if (e.key === "Escape" && value) { e.preventDefault(); onChange(""); } }} />
    </label>
  );
}

// The grid of the till: how many tiles, and how they will look.

import { t } from "../shared/i18n";
import type { Draft } from "./draft";
import { SinglePage } from "./company";
import { bySort, rows } from "./rows";
import type { Row } from "./schema";

export function LayoutPage() {
  return <SinglePage kind="layout" page="layout" about={t("office.layout.about")} beside={(d) => <Preview draft={d} />} />;
}

interface Tile { row: Row; folder: boolean }

/** The top groups, which the till shows as tabs. */
function tabs(): Row[] {
  return rows("group").filter((g) => g["active"] && !g["parent"] && (inGroup(g.id).length > 0 || folders(g.id).length > 0)).sort(bySort);
}

const inGroup = (id: string): Row[] => rows("article").filter((a) => a["active"] && a["group"] === id).sort(bySort);
const folders = (id: string): Row[] => rows("group").filter((g) => g["active"] && g["parent"] === id && inGroup(g.id).length > 0).sort(bySort);

/** The first tab as the till shows it: folders, articles, and what is in the folders if it fits. */
function tiles(tab: Row | undefined, room: number): Tile[] {
  if (!tab) return [];
  const groups = folders(tab.id);
  const closed = [...groups.map((row) => ({ row, folder: true })), ...inGroup(tab.id).map((row) => ({ row, folder: false }))];
  const inside = groups.flatMap((g) => inGroup(g.id).map((row) => ({ row, folder: false })));
  return closed.length + inside.length <= room ? [...closed, ...inside] : closed;
}

function Preview({ draft }: { draft: Draft }) {
  const columns = clamp(draft.row.value["columns"]), lines = clamp(draft.row.value["rows"]);
  const top = tabs();
  const list = tiles(top[0], columns * lines);
  const color = (r: Row): string => String(r["color"] ?? "") || String(rows("group").find((g) => g.id === r["group"])?.["color"] ?? "");
  return (
    <>
      <p class="beside-title">{t("office.layout.preview", { n: columns * lines })}</p>
      <div class="screen" aria-hidden="true">
        <div class="screen-order"><i /><i /><i /><b /></div>
        <div class="screen-right">
        <div class="screen-tabs">{top.map((g, i) => <span key={g.id} class={i === 0 ? "on" : ""} style={{ borderColor: String(g["color"] ?? "") || "transparent" }}>{String(g["name"])}</span>)}</div>
        <div class="screen-grid" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)`, gridTemplateRows: `repeat(${lines}, 1fr)` }} data-test="grid" data-columns={columns} data-rows={lines}>
          {Array.from({ length: columns * lines }, (_, i) => {
            const x = list[i];
            return <span key={i} class={"screen-tile" + (x ? "" : " free") + (x?.folder ? " folder" : "")} style={x && color(x.row) ? { borderColor: color(x.row) } : undefined}>{x ? String(x.row["name"]) : ""}</span>;
          })}
        </div>
        </div>
      </div>
      <p class="muted small">{t("office.layout.note")}</p>
    </>
  );
}

const clamp = (v: unknown): number => Math.min(12, Math.max(2, Number(v) || 2));

// The grid of the till: how many tiles, and how they will look.

import { t } from "../shared/i18n";
import type { Draft } from "./draft";
import { SinglePage } from "./company";
import { bySort, rows } from "./rows";
import type { Row } from "./schema";

export function LayoutPage() {
  return <SinglePage kind="layout" page="layout" about={t("office.layout.about")} beside={(d) => <Preview draft={d} />} />;
}

/** What the till shows first: top groups as folders, then articles without one. */
function tiles(): { row: Row; folder: boolean }[] {
  const groups = rows("group").filter((g) => g["active"]).sort(bySort);
  const top = groups.filter((g) => !g["parent"]).map((row) => ({ row, folder: true }));
  const loose = rows("article").filter((a) => a["active"] && !groups.some((g) => g.id === a["group"])).sort(bySort).map((row) => ({ row, folder: false }));
  const first = top[0]?.row.id;
  const inside = rows("article").filter((a) => a["active"] && (a["group"] === first || groups.some((g) => g.id === a["group"] && g["parent"] === first))).sort(bySort);
  return [...top, ...loose, ...inside.map((row) => ({ row, folder: false }))];
}

function Preview({ draft }: { draft: Draft }) {
  const columns = clamp(draft.row.value["columns"]), lines = clamp(draft.row.value["rows"]);
  const list = tiles();
  const color = (r: Row): string => String(r["color"] ?? "") || String(rows("group").find((g) => g.id === r["group"])?.["color"] ?? "");
  return (
    <>
      <p class="beside-title">{t("office.layout.preview", { n: columns * lines })}</p>
      <div class="screen" aria-hidden="true">
        <div class="screen-order"><i /><i /><i /><b /></div>
        <div class="screen-grid" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)`, gridTemplateRows: `repeat(${lines}, 1fr)` }} data-test="grid" data-columns={columns} data-rows={lines}>
          {Array.from({ length: columns * lines }, (_, i) => {
            const x = list[i];
            return <span key={i} class={"screen-tile" + (x ? "" : " free") + (x?.folder ? " folder" : "")} style={x && color(x.row) ? { borderColor: color(x.row) } : undefined}>{x ? String(x.row["name"]) : ""}</span>;
          })}
        </div>
      </div>
      <p class="muted small">{t("office.layout.note")}</p>
    </>
  );
}

const clamp = (v: unknown): number => Math.min(12, Math.max(2, Number(v) || 2));

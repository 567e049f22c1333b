// A tile of the grid: an article, or a folder of them.

import { memo } from "./memo";
import { money } from "../shared/format";
import { Icon } from "../shared/icons";
import { tap } from "../shared/tap";
import { t } from "../shared/i18n";
import type { Article, Group } from "../shared/types";
import { addArticle } from "./actions";
import { clearTyped } from "./typed";
import { folder, page, search } from "./screen";
import { idx } from "./store";

/** Dark or light letters, whichever reads better on a colour (WCAG luminance). */
export function inkOn(color: string): string {
  const c = /^#(..)(..)(..)$/.exec(color);
  if (!c) return "inherit";
  const lin = c.slice(1).map((h) => {
    const v = parseInt(h, 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  const y = 0.2126 * lin[0]! + 0.7152 * lin[1]! + 0.0722 * lin[2]!;
  return y > 0.179 ? "#10140f" : "#ffffff";
}

const none = "#8b9490";

/** Letters of the longest word, which must fit the tile unbroken. */
const longest = (name: string) => Math.max(6, ...name.split(/[\s-]+/).map((w) => w.length));

/** The colour of an article: its own, its group's, or that of the group above. */
function colorOf(a: Article): string {
  const g = idx.value.groups.get(a.group);
  return a.color || g?.color || idx.value.groups.get(g?.parent ?? "")?.color || none;
}

export const ArticleTile = memo(function ArticleTile({ a }: { a: Article }) {
  const press = () => {
    addArticle(a);
    if (search.value !== undefined) search.value = undefined;
  };
  return (
    <button type="button" class="tile" style={{ "--c": colorOf(a), "--long": longest(a.name) }} data-test={"article-" + a.id} {...tap(press)}>
      <span class="tile-name">{a.name}</span>
      <span class="tile-price num">{a.freePrice ? t("till.freePrice") : money(a.price)}</span>
    </button>
  );
});

export const FolderTile = memo(function FolderTile({ g }: { g: Group }) {
  const color = g.color || idx.value.groups.get(g.parent ?? "")?.color || none;
  const press = () => {
    folder.value = g.id;
    page.value = 0;
  };
  return (
    <button type="button" class="tile tile-folder" style={{ "--c": color, "--on": inkOn(color), "--long": longest(g.name) }} data-test={"group-" + g.id} {...tap(press)}>
      <Icon name="folder" /><span class="tile-name">{g.name}</span>
    </button>
  );
});

export function BackTile({ name }: { name: string }) {
  const press = () => {
    folder.value = "";
    page.value = 0;
    clearTyped();
  };
  return (
    <button type="button" class="tile tile-back" data-test="group-back" {...tap(press)}>
      <Icon name="back" /><span class="tile-name">{name}</span>
    </button>
  );
}

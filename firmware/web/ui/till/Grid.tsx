// The articles: root groups as tabs, folders and articles as tiles, in pages
// that fit the screen, so that nothing scrolls under a finger.

import { computed, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../shared/components";
import { t } from "../shared/i18n";
import { Icon } from "../shared/icons";
import type { Article, Group } from "../shared/types";
import { addArticle } from "./actions";
import { ArticleTile, BackTile, FolderTile, inkOn } from "./Tile";
import { PadButton, Strip, TypedChip } from "./Strip";
import { folder, page, search, tab } from "./screen";
import { catalog, idx, layout } from "./store";

const bySort = (a: { sort: number; name: string }, b: { sort: number; name: string }) =>
  a.sort - b.sort || a.name.localeCompare(b.name, "de");

/** Active groups and articles below each group, in the order of the layout. */
const tree = computed(() => {
  const groups = new Map<string, Group[]>(), articles = new Map<string, Article[]>();
  const into = <T,>(m: Map<string, T[]>, k: string, v: T) => void (m.get(k)?.push(v) ?? m.set(k, [v]));
  for (const g of catalog.value?.groups ?? []) if (g.active) into(groups, g.parent ?? "", g);
  for (const a of catalog.value?.articles ?? []) if (a.active) into(articles, a.group, a);
  for (const l of groups.values()) l.sort(bySort);
  for (const l of articles.values()) l.sort(bySort);
  return { groups, articles };
});

const roots = computed(() => (tree.value.groups.get("") ?? [])
  .filter((g) => tree.value.articles.has(g.id) || tree.value.groups.has(g.id)));
const openTab = computed(() => roots.value.find((g) => g.id === tab.value) ?? roots.value[0]);

const fit = signal({ columns: 4, rows: 4 });

type Cell = { g: Group } | { a: Article } | { back: string };

function matches(text: string): Article[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  return (catalog.value?.articles ?? [])
    .filter((a) => a.active && words.every((w) => fold(a.name).includes(w) || a.plu.startsWith(w)))
    .sort((a, b) => rank(a, words) - rank(b, words) || bySort(a, b));
}

const fold = (s: string) => s.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/ß/g, "ss");
const rank = (a: Article, words: string[]) => (words[0] && fold(a.name).startsWith(words[0]) ? 0 : 1);

/** What the grid shows. Folders whose articles fit on the page lie open, which
 * saves a tap. */
const cells = computed<Cell[]>(() => {
  if (search.value !== undefined) return matches(search.value).map((a) => ({ a }));
  const root = openTab.value;
  if (!root) return [];
  const sub = (tree.value.groups.get(root.id) ?? []).find((g) => g.id === folder.value);
  const own = (tree.value.articles.get((sub ?? root).id) ?? []).map((a) => ({ a }));
  if (sub) return [{ back: root.name }, ...own];
  const folders = (tree.value.groups.get(root.id) ?? []).filter((g) => tree.value.articles.has(g.id));
  const inside = folders.flatMap((g) => tree.value.articles.get(g.id)!.map((a) => ({ a })));
  const closed = [...folders.map((g) => ({ g })), ...own];
  return closed.length + inside.length <= fit.value.columns * fit.value.rows ? [...closed, ...inside] : closed;
});

/** Tiles higher than this look lost: rather another row. */
const roomy = 150;

/** As many tiles as the layout asks for, as long as each stays big enough. */
function measure(box: HTMLElement): void {
  const small = box.clientWidth < 560;
  const w = small ? 104 : 120, h = small ? 72 : 84, gap = 8;
  const want = { columns: layout.value?.columns ?? 5, rows: layout.value?.rows ?? 4 };
  const columns = Math.max(2, Math.min(want.columns, Math.floor((box.clientWidth + gap) / (w + gap))));
  const most = Math.floor((box.clientHeight + gap) / (h + gap));
  const same = Math.ceil((want.columns * want.rows) / columns); // fewer columns: more rows instead
  const rows = Math.max(2, Math.min(most, Math.max(same, Math.floor(box.clientHeight / roomy))));
  const now = fit.value;
  if (now.columns !== columns || now.rows !== rows) fit.value = { columns, rows };
}

export function Grid() {
  const box = useRef<HTMLDivElement>(null);
  // Before the first frame: tiles must not move under a finger once they are seen.
  useLayoutEffect(() => {
    const here = box.current!;
    measure(here);
    const o = new ResizeObserver(() => measure(here));
    o.observe(here);
    return () => o.disconnect();
  }, [layout.value]);
  return (
    <section class="grid" aria-label={t("till.articles")}>
      {search.value === undefined ? <Tabs /> : <Search />}
      <div class="tiles-box" ref={box}><Tiles /></div>
      <Strip />
    </section>
  );
}

function Tiles() {
  const { columns, rows } = fit.value;
  const all = cells.value, per = columns * rows;
  const pages = Math.max(1, Math.ceil(all.length / per));
  const at = Math.min(page.value, pages - 1);
  const shown = all.slice(at * per, at * per + per);
  return (
    <>
      <div class="tiles" style={{ "--cols": columns, "--rows": rows }}>
        {shown.map((c) => ("a" in c ? <ArticleTile key={c.a.id} a={c.a} /> : "g" in c ? <FolderTile key={c.g.id} g={c.g} /> : <BackTile key="back" name={c.back} />))}
        {shown.length === 0 && <p class="tiles-none">{t(search.value !== undefined ? "till.nothingFound" : "till.noArticles")}</p>}
      </div>
      {pages > 1 && <Pager at={at} pages={pages} />}
    </>
  );
}

function Pager({ at, pages }: { at: number; pages: number }) {
  const go = (n: number) => () => { page.value = n; };
  return (
    <nav class="pager" aria-label={t("till.pages")}>
      <Button icon="back" kind="quiet" label={t("till.pageBack")} disabled={at === 0} onClick={go(at - 1)} test="page-back" fast />
      <span class="num">{at + 1} / {pages}</span>
      <Button icon="next" kind="quiet" label={t("till.pageNext")} disabled={at === pages - 1} onClick={go(at + 1)} test="page-next" fast />
    </nav>
  );
}

function Tabs() {
  const open = openTab.value;
  const sub = folder.value ? idx.value.groups.get(folder.value) : undefined;
  const go = (g: Group) => (e: Event) => {
    (e.currentTarget as HTMLElement).scrollIntoView({ inline: "center", block: "nearest" });
    tab.value = g.id;
    folder.value = "";
    page.value = 0;
  };
  return (
    <div class="bar">
      <nav class="tabs" aria-label={t("till.groups")}>
        {roots.value.map((g) => {
          const here = g.id === open?.id;
          const c = g.color || "#8b9490";
          return (
            <button key={g.id} type="button" class="tab" aria-current={here ? "page" : undefined} style={{ "--c": c, "--on": inkOn(c) }}
              data-test={"group-" + g.id} onClick={go(g)}>
              <span>{g.name}</span>{here && sub && <><Icon name="next" /><span class="tab-sub">{sub.name}</span></>}
            </button>
          );
        })}
      </nav>
      <TypedChip />
      <PadButton />
      <Button icon="search" kind="quiet" label={t("till.search")} keys="F1" onClick={() => { search.value = ""; page.value = 0; }} test="search-open" fast />
    </div>
  );
}

function Search() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const shut = () => { search.value = undefined; };
  const key = (e: KeyboardEvent) => {
    if (e.key === "Escape") shut();
    const first = cells.value[0];
    if (e.key === "Enter" && search.value && first && "a" in first) {
      addArticle(first.a);
      shut();
    }
  };
  return (
    <div class="bar">
      <label class="search">
        <Icon name="search" /><span class="sr">{t("till.search")}</span>
        <input ref={field} type="text" inputMode="search" enterkeyhint="go" autocomplete="off" placeholder={t("till.searchHint")} value={search.value}
          data-test="search" onKeyDown={key} onInput={(e) => { search.value = e.currentTarget.value; page.value = 0; }} />
      </label>
      <Button icon="close" kind="quiet" label={t("close")} onClick={shut} test="search-close" />
    </div>
  );
}

// The office: navigation by what an owner asks, the page, and the question
// that stands before leaving unsaved changes.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Banner, Button, Dialog, Empty, Toasts } from "../shared/components";
import { Icon } from "../shared/icons";
import { lang, setLang, t } from "../shared/i18n";
import { chooseTheme } from "../shared/theme";
import { ChangesPage } from "./changes";
import { ClosingsPage } from "./closings";
import { CompanyPage } from "./company";
import { DevicesPage } from "./devices";
import { LayoutPage } from "./layout";
import { MasterPage } from "./master";
import type { List } from "./master";
import { articles, discounts, employees, groups, printers, tenders, vat } from "./masterlists";
import { linked, logout, may, me, view } from "./me";
import { ArticleTabs, PeopleTabs, SettingsTabs } from "./people";
import { ReceiptsPage } from "./receipts";
import { RolesPage } from "./roles";
import { dirtyGuards, href, leave, leaving, route } from "./route";
import { ShiftsPage } from "./shifts";
import { TodayPage } from "./today";

interface Entry { page: string; icon: string; also?: string[] }

const menu: { title: string; entries: Entry[] }[] = [
  { title: "", entries: [{ page: "today", icon: "home" }] },
  { title: "sell", entries: [{ page: "receipts", icon: "receipt" }, { page: "shifts", icon: "clock" }, { page: "closings", icon: "lock" }] },
  { title: "offer", entries: [{ page: "articles", icon: "cup", also: ["groups"] }, { page: "vat", icon: "report" }, { page: "discounts", icon: "percent" }, { page: "tenders", icon: "card" }] },
  { title: "shop", entries: [{ page: "employees", icon: "people", also: ["roles"] }, { page: "company", icon: "gear", also: ["printers", "layout", "devices"] }, { page: "changes", icon: "list" }] },
];

const lists: Record<string, List> = {
  articles: { ...articles, title: <ArticleTabs now="articles" /> }, groups: { ...groups, title: <ArticleTabs now="groups" /> },
  vat, discounts, tenders,
  employees: { ...employees, title: <PeopleTabs now="employees" /> }, printers: { ...printers, title: <SettingsTabs now="printers" /> },
};

/** What somebody sees who may not come in. */
function Closed() {
  return (
    <main class="closed" data-test="closed">
      <Empty icon="lock" title={t("office.closed.title", { name: me.value?.name ?? "" })}>{t("office.closed.text")}</Empty>
      <p class="closed-ways"><a class="btn btn-primary" href="/till" data-test="to-till"><Icon name="cash" /><span>{t("office.toTill")}</span></a>
        <Button icon="logout" onClick={() => void logout()} test="logout">{t("office.closed.other")}</Button></p>
    </main>
  );
}

export function App() {
  return may("office") ? <Office /> : <Closed />;
}

function Office() {
  const r = route.value;
  useEffect(() => {
    document.title = `${t(`office.nav.${r.page}`)} · ${t("page.office")}`;
  }, [r.page, lang.value]);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const at = e.target as HTMLElement;
      if (e.key !== "/" || e.ctrlKey || e.metaKey || at.closest("input,textarea,select,[contenteditable]")) return;
      const field = document.querySelector<HTMLInputElement>("[data-search]");
      if (!field) return;
      e.preventDefault();
      field.focus();
      field.select();
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, []);
  return (
    <div class="office">
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>{t("office.skip")}</a>
      <Nav now={r.page} />
      <main id="main" tabIndex={-1}>
        {!linked.value && <Banner kind="info" icon="offline" test="offline">{t("office.offline")}</Banner>}
        <Page key={r.page} />
      </main>
      {leaving.value !== undefined && <Leave />}
      <Toasts />
    </div>
  );
}

function Page() {
  const { page, id, params } = route.value;
  const list = lists[page];
  if (list) return <MasterPage list={list} id={id} params={params} />;
  switch (page) {
    case "receipts": return <ReceiptsPage id={id} params={params} />;
    case "shifts": return <ShiftsPage id={id} params={params} />;
    case "closings": return <ClosingsPage id={id} />;
    case "roles": return <RolesPage id={id} />;
    case "company": return <CompanyPage />;
    case "layout": return <LayoutPage />;
    case "devices": return <DevicesPage />;
    case "changes": return <ChangesPage params={params} />;
    default: return <TodayPage />;
  }
}

function Nav({ now }: { now: string }) {
  return (
    <nav class="nav" aria-label={t("office.nav")}>
      <p class="brand"><span class="brand-mark" aria-hidden="true">T</span><span><strong>{view.value?.company.name ?? "Tresen"}</strong><small>{t("page.office")}</small></span></p>
      <div class="nav-list">
        {menu.map((g) => (
          <div key={g.title} class="nav-group">
            {g.title && <p class="nav-title" id={"nav-" + g.title}>{t(`office.menu.${g.title}`)}</p>}
            <ul aria-labelledby={g.title ? "nav-" + g.title : undefined}>
              {g.entries.map((e) => (
                <li key={e.page}><a href={href(e.page)} aria-current={e.page === now || e.also?.includes(now) ? "page" : undefined} data-test={`nav-${e.page}`}>
                  <Icon name={e.icon} /><span>{t(`office.menu.${e.page}`)}</span></a></li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <Me />
    </nav>
  );
}

function Me() {
  const dark = useSignal(document.documentElement.dataset["theme"] === "dark");
  const flipTheme = () => {
    dark.value = document.documentElement.dataset["theme"] !== "dark";
    chooseTheme(dark.value ? "dark" : "light");
  };
  const flipLang = () => {
    setLang(lang.value === "de" ? "en" : "de");
    document.cookie = `lang=${lang.value}; path=/; max-age=31536000; samesite=lax`;
  };
  return (
    <div class="me">
      <p><Icon name="user" /><span>{me.value?.name}</span></p>
      <div class="me-tools">
        <Button kind="quiet" icon={dark.value ? "sun" : "moon"} label={t(dark.value ? "office.light" : "office.dark")} onClick={flipTheme} test="theme" />
        <Button kind="quiet" class="lang" onClick={flipLang} test="lang"><span aria-hidden="true">{lang.value === "de" ? "EN" : "DE"}</span><span class="sr">{lang.value === "de" ? "English" : "Deutsch"}</span></Button>
        <Button kind="quiet" icon="logout" label={t("office.logout")} onClick={() => void logout()} test="logout" />
      </div>
    </div>
  );
}

/** Unsaved changes: save them, drop them, or stay. */
function Leave() {
  const busy = useSignal(false);
  const stay = () => { leaving.value = undefined; };
  const save = async () => {
    busy.value = true;
    for (const g of dirtyGuards()) {
      if (!(await g.save())) return stay();
    }
    leave();
  };
  return (
    <Dialog title={t("office.leave.title")} size="m" onClose={stay} test="leave-dialog"
      foot={<><Button kind="danger" class="apart-left" onClick={leave} test="leave-drop">{t("office.leave.drop")}</Button><Button onClick={stay}>{t("office.leave.stay")}</Button><Button kind="primary" busy={busy.value} onClick={() => void save()} test="leave-save">{t("save")}</Button></>}>
      <p>{t("office.leave.text")}</p>
    </Dialog>
  );
}

// The two faces of People: employees, and the roles they have.

import { t } from "../shared/i18n";
import { href } from "./route";

/** Links that look like tabs, for pages that belong together. */
export function Tabs({ now, pages }: { now: string; pages: string[] }) {
  return (
    <nav class="tabs" aria-label={t("office.tabs")}>
      {pages.map((p) => <a key={p} href={href(p)} aria-current={p === now ? "page" : undefined}>{t(`office.nav.${p}`)}</a>)}
    </nav>
  );
}

export const PeopleTabs = ({ now }: { now: string }) => <Tabs now={now} pages={["employees", "roles"]} />;
export const ArticleTabs = ({ now }: { now: string }) => <Tabs now={now} pages={["articles", "groups"]} />;
export const SettingsTabs = ({ now }: { now: string }) => <Tabs now={now} pages={["company", "printers", "layout", "devices"]} />;

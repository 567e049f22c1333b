// Everything that is not selling, as tiles; and the keys.

import { signal } from "@preact/signals";
import { Dialog } from "../shared/components";
import { lang, setLang, t } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { chooseTheme } from "../shared/theme";
import { openDrawer } from "./actions";
import { beginCount } from "./count";
import { ask, close } from "./dialogs";
import type { Ask } from "./dialogs";
import { keyHelp } from "./keys";
import { logout } from "./logout";
import { link, may, queue, session, shift } from "./store";

interface Item { test: string; icon: string; text: string; run: () => void; off?: boolean; keys?: string }

const go = (a: Ask) => () => ask(a);

const dark = signal(document.documentElement.dataset["theme"] === "dark");

function flipTheme(): void {
  dark.value = document.documentElement.dataset["theme"] !== "dark";
  chooseTheme(dark.value ? "dark" : "light");
}

function flipLanguage(): void {
  setLang(lang.value === "de" ? "en" : "de");
  document.cookie = `lang=${lang.value}; path=/; max-age=31536000; samesite=lax`;
}

function items(): Item[] {
  const selling = shift.value?.state === "open";
  return [
    { test: "menu-receipts", icon: "receipt", text: t("receipts.title"), run: go({ kind: "receipts" }) },
    { test: "menu-drawer", icon: "drawer", text: t("menu.drawer"), keys: "F8", run: () => { close(); void openDrawer(); } },
    { test: "menu-cash", icon: "money", text: t("cash.title"), run: go({ kind: "cash" }), off: !selling || !may("moveCash") },
    { test: "menu-report", icon: "report", text: t("report.title"), run: go({ kind: "report" }) },
    { test: "menu-close-shift", icon: "clock", text: t("shift.close"), keys: "F10", run: () => void beginCount(), off: !selling },
    { test: "menu-close-day", icon: "lock", text: t("z.title"), run: go({ kind: "closeDay" }), off: !may("closeDay") },
    { test: "menu-closings", icon: "list", text: t("z.list"), run: go({ kind: "closings" }) },
    { test: "menu-office", icon: "home", text: t("menu.office"), run: () => location.assign("/office"), off: !may("office") },
    { test: "menu-theme", icon: dark.value ? "sun" : "moon", text: t(dark.value ? "menu.light" : "menu.dark"), run: flipTheme },
    { test: "menu-language", icon: "globe", text: lang.value === "de" ? "English" : "Deutsch", run: flipLanguage },
    { test: "menu-keys", icon: "help", text: t("keys.title"), keys: "?", run: go({ kind: "keys" }) },
    { test: "menu-logout", icon: "logout", text: t("menu.logout", { name: session.value?.name ?? "" }), run: () => void logout(), off: queue.waiting.value > 0 || !link.value },
  ];
}

export function MenuDialog() {
  return (
    <Dialog title={t("menu.title")} side onClose={close} test="menu-dialog">
      <ul class="menu">
        {items().map((x) => (
          <li key={x.test}>
            <button type="button" class="menu-item" disabled={x.off} data-test={x.test} onClick={x.run}>
              <Icon name={x.icon} /><span>{x.text}</span>{x.keys && <kbd>{x.keys}</kbd>}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

export function KeysDialog() {
  return (
    <Dialog title={t("keys.title")} size="m" onClose={close} test="keys-dialog">
      <dl class="keys">
        {keyHelp.map(([k, what]) => <div key={k}><dt><kbd>{k}</kbd></dt><dd>{t(what)}</dd></div>)}
      </dl>
      <p class="muted">{t("keys.scanner")}</p>
    </Dialog>
  );
}

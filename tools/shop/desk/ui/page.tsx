// The desk: everything of a small shop on one screen, to watch and to break.

import { useSignal } from "@preact/signals";
import { Banner, Button, Toasts, toast } from "../../../../firmware/web/ui/shared/components";
import { lang, setLang, t } from "../../../../firmware/web/ui/shared/i18n";
import { Icon } from "../../../../firmware/web/ui/shared/icons";
import { chooseTheme } from "../../../../firmware/web/ui/shared/theme";
import { Log } from "./log";
import { PrinterScene } from "./printer";
import { alive, state } from "./state";
import type { Person, Welcome } from "./state";
import { Tray, Zoom } from "./tray";
import { Wires } from "./wires";

export function Page() {
  const s = state.value;
  if (!s) return <p class="boot" role="status">{t("page.loading")}</p>;
  return (
    <>
      <Top w={s.welcome} />
      {!alive.value && <Banner kind="warn" icon="offline" test="stopped">{t("desk.stopped")}</Banner>}
      <main class="desk" data-test="desk">
        <PrinterScene />
        <Tray />
        <div class="side">
          <People w={s.welcome} />
          <Wires />
          <Log />
        </div>
      </main>
      <Zoom />
      <Toasts />
    </>
  );
}

function Top({ w }: { w: Welcome }) {
  const dark = useSignal(document.documentElement.dataset["theme"] === "dark");
  const theme = () => {
    dark.value = !dark.value;
    chooseTheme(dark.value ? "dark" : "light");
  };
  const other = lang.value === "de" ? "en" : "de";
  return (
    <header class="top">
      <span class="mark" aria-hidden="true">T</span>
      <div><h1>{w.shop || "Tresen"}</h1><p class="muted">{t("desk.sub")}</p></div>
      <div class="top-tools">
        <Button kind="quiet" icon={dark.value ? "sun" : "moon"} label={t(dark.value ? "desk.light" : "desk.dark")} onClick={theme} test="theme" />
        <Button kind="quiet" test="lang" onClick={() => { setLang(other); localStorage.setItem("tresen.lang", other); }}>{other === "en" ? "English" : "Deutsch"}</Button>
      </div>
    </header>
  );
}

/** The doors to till and office, and who may go in. */
function People({ w }: { w: Welcome }) {
  return (
    <section class="card people" aria-label={t("desk.people")}>
      <div class="doors">
        <a class="door main" href={w.till} target="tresen-till" data-test="to-till"><Icon name="cash" /><span><strong>{t("desk.till")}</strong><small>{t("desk.till.sub")}</small></span></a>
        <a class="door" href={w.office} target="tresen-office" data-test="to-office"><Icon name="report" /><span><strong>{t("desk.office")}</strong><small>{t("desk.office.sub")}</small></span></a>
      </div>
      <ul class="pins">{(w.people ?? []).map((p) => <Pin key={p.name} p={p} />)}</ul>
      {w.data && <p class="muted small data-dir">{t("desk.data")} <span class="mono">{w.data}</span></p>}
    </section>
  );
}

function Pin({ p }: { p: Person }) {
  const copy = () => void navigator.clipboard?.writeText(p.pin).then(() => toast(t("desk.copied", { name: p.name }), "ok"), () => undefined);
  return (
    <li><button type="button" onClick={copy} data-test="pin"><span class="face" aria-hidden="true">{p.name.slice(0, 1)}</span>
      <span><strong>{p.name}</strong><small>{p.role}</small></span><span class="pin num"><span class="sr">PIN </span>{p.pin}</span></button></li>
  );
}

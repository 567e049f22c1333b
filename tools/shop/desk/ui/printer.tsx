// The receipt printer: paper that rises line by line out of its slot, and the
// drawer below that jumps open.

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../../../firmware/web/ui/shared/i18n";
import { Icon } from "../../../../firmware/web/ui/shared/icons";
import { act, fresh, papers, state } from "./state";
import type { Paper } from "./state";
import { zoom } from "./tray";
import { Switch } from "./switch";

const speed = 460;   // pixels a second, about what an old printer does
const lineStep = 9;  // pixels the paper jumps at a time

export function PrinterScene() {
  const p = state.value?.printer;
  const last = papers.value[0];
  if (!p) return null;
  const trouble = p.powerOff ? "power" : p.coverOpen ? "cover" : p.paperOut ? "paper" : "";
  return (
    <section class={"scene" + (p.powerOff ? " off" : "") + (p.coverOpen ? " lid" : "")} aria-label={t("desk.printer")} data-test="printer" data-trouble={trouble}>
      <div class="paper-path">{last ? <Emerging key={last.n} paper={last} /> : <p class="no-paper">{t("desk.noPaper")}</p>}</div>
      <div class="machine">
        <span class="open-lid" aria-hidden="true" />
        <div class="lid-part" aria-hidden="true"><span class="slot" /><span class={"roll" + (p.paperOut ? "" : " full")} /></div>
        <div class="body-part">
          <span class="maker" aria-hidden="true">BON 80</span>
          <span class="lamps"><Lamp on={!p.powerOff} color="green" text={t(p.powerOff ? "desk.printer.off" : "desk.printer.on")} />
            <Lamp on={!p.powerOff && (p.paperOut || p.coverOpen)} color="red" blink text={trouble === "paper" ? t("desk.printer.paperOut") : trouble === "cover" ? t("desk.printer.coverOpen") : t("desk.printer.fine")} /></span>
        </div>
      </div>
      <DrawerScene />
      <div class="levers">
        <Switch what="paper" on={p.paperOut} icon="receipt" text={t("desk.do.paper")} undo={t("desk.undo.paper")} />
        <Switch what="cover" on={p.coverOpen} icon="up" text={t("desk.do.cover")} undo={t("desk.undo.cover")} />
        <Switch what="power" on={p.powerOff} icon="power" text={t("desk.do.power")} undo={t("desk.undo.power")} />
      </div>
    </section>
  );
}

export function Lamp({ on, color, blink, text }: { on: boolean; color: string; blink?: boolean; text: string }) {
  return <span class={`lamp ${color}${on ? " lit" : ""}${on && blink ? " blink" : ""}`} role="img" aria-label={text} title={text} />;
}

/** The last paper. If it came while we watched, it is printed before our eyes. */
function Emerging({ paper }: { paper: Paper }) {
  const strip = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const el = strip.current;
    if (!el || !ready) return;
    const path = el.parentElement!;
    const height = el.firstElementChild!.getBoundingClientRect().height;
    if (fresh.value !== paper.n || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      path.scrollTop = path.scrollHeight;
      return;
    }
    const lines = Math.max(1, Math.round(height / lineStep));
    const print = el.animate([{ height: "0px" }, { height: height + "px" }], { duration: (height / speed) * 1000, easing: `steps(${lines})` });
    let frame = 0;
    const keep = () => {
      path.scrollTop = path.scrollHeight;
      if (print.playState === "running") frame = requestAnimationFrame(keep);
    };
    keep();
    return () => { cancelAnimationFrame(frame); print.cancel(); };
  }, [ready]);
  return (
    <div class={"strip" + (ready ? "" : " wait")} ref={strip} data-test="last-paper" data-number={paper.n}>
      <button type="button" class="strip-paper" onClick={() => { zoom.value = paper.n; }} aria-label={t("desk.paper.open", { n: paper.n })}>
        <img src={`paper/${paper.n}.png`} alt={t("desk.paper", { n: paper.n })} width={paper.width} height={paper.height} onLoad={() => setReady(true)} />
      </button>
    </div>
  );
}

const notes = ["#7f8c5a", "#c2708a", "#5f86a8", "#d08a3e"];
const coins = ["#d9b54a", "#d9b54a", "#c9a33a", "#b87a4a", "#b87a4a"];

/** The cash drawer. A click on its front pushes it shut. */
function DrawerScene() {
  const d = state.value?.drawer;
  if (!d) return null;
  return (
    <div class={"drawer" + (d.open ? " open" : "")} data-test="drawer" data-open={String(d.open)}>
      <div class="drawer-tray" aria-hidden="true">
        <div class="notes">{notes.map((c) => <span key={c} style={{ "--c": c }} />)}</div>
        <div class="coins">{coins.map((c, i) => <span key={i} style={{ "--c": c }} />)}</div>
      </div>
      <button type="button" class="drawer-front" disabled={!d.open} onClick={() => void act("drawer", true)} data-test="drawer-push">
        <span class="keyhole" aria-hidden="true" />
        <span class="drawer-words"><Icon name={d.open ? "up" : "lock"} />{t(d.open ? "desk.drawer.push" : "desk.drawer.closed")}</span>
      </button>
    </div>
  );
}

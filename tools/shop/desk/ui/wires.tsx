// The box on the desk: a till on one side of a cable, the signing unit in its
// port on the other.

import { useEffect, useRef } from "preact/hooks";
import { time } from "../../../../firmware/web/ui/shared/format";
import { t } from "../../../../firmware/web/ui/shared/i18n";
import { Icon } from "../../../../firmware/web/ui/shared/icons";
import { act, entries, state } from "./state";
import type { BoxState, StickState } from "./state";
import { Switch } from "./switch";

export function Wires() {
  const s = state.value;
  if (!s?.box) return null;
  const up = s.link?.up ?? true;
  return (
    <section class="card wires" aria-label={t("desk.wires")}>
      <div class="row">
        <div class="thing tablet" aria-hidden="true"><span class="tablet-screen"><i /><i /><i /><i /><i /><i /></span></div>
        <div class={"cable" + (up ? "" : " cut")} data-test="link" data-up={String(up)}><span class="sr">{t(up ? "desk.link.up" : "desk.link.cut")}</span><span class="pulse" aria-hidden="true" /></div>
        <Box b={s.box} />
        {s.stick && <Stick s={s.stick} />}
      </div>
      <div class="row captions">
        <div>{s.link && <><h3>{t("desk.link")}</h3><p>{t(up ? "desk.link.up" : "desk.link.cut")}</p><Switch what="link" on={!up} icon="offline" text={t("desk.do.link")} undo={t("desk.undo.link")} /></>}</div>
        <div><h3>{t("desk.box")}</h3><p data-test="box-words">{words(s.box)}</p>
          <button type="button" class="lever kill" disabled={s.box.state === "waiting" || s.box.state === "failed"} onClick={() => void act("kill", true)} data-test="do-kill"><Icon name="power" /><span>{t("desk.do.kill")}</span></button></div>
        <div>{s.stick && <><h3>{t("desk.stick")}</h3><p>{t(s.stick.plugged ? "desk.stick.in" : "desk.stick.out")}</p><Switch what="stick" on={!s.stick.plugged} icon="next" text={t("desk.do.stick")} undo={t("desk.undo.stick")} /></>}</div>
      </div>
    </section>
  );
}

function words(b: BoxState): string {
  switch (b.state) {
    case "running": return t("desk.box.running", { pid: b.pid ?? 0, at: b.since ? time(b.since) : "" });
    case "starting": return t("desk.box.starting");
    case "waiting": return t("desk.box.waiting");
    default: return b.message || t("desk.box.failed");
  }
}

function Box({ b }: { b: BoxState }) {
  return (
    <div class={"thing box " + b.state} data-test="box" data-state={b.state} data-pid={b.pid ?? ""} data-restarts={b.restarts}>
      <span class="box-face"><strong>TRESEN</strong><span class="box-led" aria-hidden="true" /></span>
      <span class="box-facts num">{b.readyMs ? t("desk.box.ready", { ms: b.readyMs }) : "\u00a0"}<br />{t(b.restarts === 1 ? "desk.box.restart" : "desk.box.restarts", { n: b.restarts })}</span>
      <span class="port" aria-hidden="true" />
    </div>
  );
}

/** The stick; its light flashes with every signature. */
function Stick({ s }: { s: StickState }) {
  const led = useRef<HTMLSpanElement>(null);
  const last = entries.value[0]?.counter ?? 0;
  const known = useRef(last);
  useEffect(() => {
    if (last > known.current && known.current > 0) led.current?.animate([{ opacity: 1 }, { opacity: 0.15 }, { opacity: 1 }, { opacity: 0.15 }, { opacity: 1 }], { duration: 420 });
    known.current = last;
  }, [last]);
  return (
    <div class={"stick" + (s.plugged ? "" : " out")} data-test="stick" data-plugged={String(s.plugged)}>
      <span class="plug" aria-hidden="true" />
      <span class="stick-body"><strong>TSE</strong><small>{t("desk.stick.demo")}</small><span ref={led} class="stick-led" aria-hidden="true" /></span>
    </div>
  );
}

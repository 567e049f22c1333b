// Papers that were torn off, the newest first, and one of them held up close.

import { signal } from "@preact/signals";
import { Button, Dialog } from "../../../../firmware/web/ui/shared/components";
import { time } from "../../../../firmware/web/ui/shared/format";
import { t } from "../../../../firmware/web/ui/shared/i18n";
import { papers } from "./state";

/** Number of the paper held up close, 0 for none. */
export const zoom = signal(0);

export function Tray() {
  const list = papers.value.slice(1);
  return (
    <aside class="tray" aria-label={t("desk.tray")}>
      <h2>{t("desk.tray")}</h2>
      {list.length === 0 ? <p class="muted small">{t("desk.tray.empty")}</p> : (
        <ol>
          {list.map((p) => (
            <li key={p.n}>
              <button type="button" onClick={() => { zoom.value = p.n; }} data-test="old-paper" aria-label={t("desk.paper.open", { n: p.n })}>
                <img src={`paper/${p.n}.png`} alt="" loading="lazy" width={p.width} height={p.height} />
              </button>
              <span class="muted num">{time(p.at)}</span>
            </li>
          ))}
        </ol>
      )}
    </aside>
  );
}

export function Zoom() {
  const n = zoom.value;
  if (!n) return null;
  const all = papers.value.map((p) => p.n);
  const i = all.indexOf(n);
  const to = (k: number) => { zoom.value = all[k] ?? n; };
  return (
    <Dialog title={t("desk.paper", { n })} size="l" onClose={() => { zoom.value = 0; }} test="zoom"
      foot={<><Button icon="back" disabled={i >= all.length - 1} onClick={() => to(i + 1)}>{t("desk.paper.older")}</Button><Button icon="next" disabled={i <= 0} onClick={() => to(i - 1)}>{t("desk.paper.newer")}</Button></>}>
      <div class="zoomed" tabIndex={0}><img src={`paper/${n}.png`} alt={t("desk.paper", { n })} /></div>
      <p class="muted small">{t("desk.paper.hint")}</p>
    </Dialog>
  );
}

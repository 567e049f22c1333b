// A lever that breaks something and mends it again.

import { Icon } from "../../../../firmware/web/ui/shared/icons";
import { act } from "./state";

export function Switch(p: { what: string; on: boolean; icon: string; text: string; undo: string }) {
  return (
    <button type="button" class={"lever" + (p.on ? " on" : "")} aria-pressed={p.on} onClick={() => void act(p.what, !p.on)} data-test={`do-${p.what}`}>
      <Icon name={p.on ? "undo" : p.icon} /><span>{p.on ? p.undo : p.text}</span>
    </button>
  );
}

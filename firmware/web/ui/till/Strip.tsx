// Digits under the articles: a row where there is room, else a keypad that
// opens over the grid. They set the quantity of the next tap, or a number.

import { Button } from "../shared/components";
import { t } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { Keypad } from "../shared/keypad";
import type { Key } from "../shared/keypad";
import { tap } from "../shared/tap";
import { enterNumber } from "./keys";
import { padOpen } from "./screen";
import { clearTyped, times, type, typedShown } from "./typed";

const digits: Key[] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", ","];

/** What was typed so far, beside the tabs. */
export function TypedChip() {
  const text = typedShown.value;
  if (!text) return null;
  return (
    <button type="button" class="typed" aria-label={t("till.clearTyped", { text })} data-test="typed" {...tap(clearTyped)}>
      <span class="num">{text}</span><Icon name="close" />
    </button>
  );
}

export function PadButton() {
  return (
    <span class="pad-button">
      <Button icon="keypad" kind="quiet" label={t("keypad")} pressed={padOpen.value} onClick={() => { padOpen.value = !padOpen.value; }} test="pad-open" fast />
    </span>
  );
}

export function Strip() {
  return (
    <>
      <div class="strip" role="group" aria-label={t("keypad")}>
        {digits.map((k) => (
          <button key={k} type="button" class="key" data-test={"digit-" + (k === "," ? "comma" : k)} {...tap(() => type(k))}>{k}</button>
        ))}
        <button type="button" class="key key-soft" aria-label={t("till.times")} data-test="digit-times" {...tap(times)}>×</button>
        <button type="button" class="key key-soft" aria-label={t("keypad.back")} data-test="digit-back" {...tap(() => type("back"))}><Icon name="erase" /></button>
        <button type="button" class="key key-enter" data-test="digit-enter" {...tap(enterNumber)}>{t("till.number")}</button>
      </div>
      {padOpen.value && <Pad />}
    </>
  );
}

function Pad() {
  return (
    <div class="pad" data-test="pad">
      <Keypad onKey={type} left="," prefix="pad" />
      <div class="pad-row">
        <button type="button" class="key key-soft" aria-label={t("till.times")} data-test="pad-times" {...tap(times)}>×</button>
        <button type="button" class="key key-enter" data-test="pad-enter" {...tap(() => { enterNumber(); padOpen.value = false; })}>{t("till.number")}</button>
      </div>
    </div>
  );
}

// The form of a row in its side panel: save with Ctrl+S, discard, what changed.

import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { Banner, Button, toast } from "../shared/components";
import { t } from "../shared/i18n";
import { Draft } from "./draft";
import { FieldOf } from "./fields";
import { may } from "./me";
import { watch } from "./route";
import { save as saveRow, find } from "./rows";
import { fields, needs } from "./schema";
import type { Kind, Row } from "./schema";

/** A draft of a row that follows the box until somebody edits it. */
export function useDraft(kind: Kind, id: string, start: Row, isNew = false): Draft {
  const draft = useMemo(() => new Draft(kind, isNew, start), [kind, id, isNew]);
  const now = isNew ? undefined : find(kind, id);
  useEffect(() => {
    if (now) draft.follow(now);
  }, [now]);
  return draft;
}

/** Saves and offers to undo; the undo saves the row as it was. */
export async function saveDraft(d: Draft): Promise<boolean> {
  const old = d.isNew ? undefined : d.base.value;
  if (!(await d.save())) {
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    return false;
  }
  const undo = old && { text: t("office.undo"), run: () => void saveRow(d.kind, old).catch(() => toast(t("office.undoFailed"), "danger")) };
  toast(t("office.saved", { name: String(d.row.value["name"] ?? t(`office.kind.${d.kind}`)) }), "ok", undo);
  return true;
}

/** Watches over a draft: leaving asks, Ctrl+S saves. */
export function useGuard(d: Draft, onSaved: () => void): () => Promise<boolean> {
  const save = async () => {
    const ok = await saveDraft(d);
    if (ok) onSaved();
    return ok;
  };
  useEffect(() => watch({ dirty: d.dirty, save: () => saveDraft(d), drop: () => d.reset() }), [d]);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s") {
        e.preventDefault();
        if (d.dirty() || d.isNew) void save();
      }
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  });
  return save;
}

/** All fields of a kind, or those named, in the order of the schema. */
export function Fields({ draft, only, without }: { draft: Draft; only?: string[]; without?: string[] }) {
  const disabled = !may(needs(draft.kind));
  const list = fields[draft.kind].filter((f) => (!only || only.includes(f.key)) && !without?.includes(f.key));
  return <div class="fields">{list.map((f) => <FieldOf key={f.key} draft={draft} field={f} disabled={disabled} />)}</div>;
}

/** What is wrong with the whole row, and why it cannot be edited. */
export function Notes({ draft }: { draft: Draft }) {
  return (
    <>
      {!may(needs(draft.kind)) && <Banner kind="info" icon="lock">{t("office.form.readOnly")}</Banner>}
      {draft.general.value && <div role="alert"><Banner kind="danger" test="form-error">{draft.general.value}</Banner></div>}
    </>
  );
}

/** The foot of a form: save and discard. */
export function Foot({ draft, save, extra }: { draft: Draft; save(): Promise<boolean>; extra?: ComponentChildren }) {
  const n = draft.changed.value.size;
  const dirty = n > 0 || Object.keys(draft.errors.value).length > 0;
  if (!may(needs(draft.kind))) return <>{extra}</>;
  return (
    <>
      <Button kind="primary" icon="check" busy={draft.busy.value} disabled={!dirty && !draft.isNew} onClick={() => void save()} test="save" keys="Ctrl+S">{t("save")}</Button>
      {!draft.isNew && <Button kind="quiet" disabled={!dirty} onClick={() => draft.reset()} test="discard">{t("office.discard")}</Button>}
      <span class="foot-note muted" role="status">{!draft.isNew && n > 0 ? t(n === 1 ? "office.changed.one" : "office.changed", { n }) : ""}</span>
      {extra}
    </>
  );
}

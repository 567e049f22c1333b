// Draws a component again only when one of its properties is another one.

import { Component, h } from "preact";
import type { ComponentChild, FunctionComponent, VNode } from "preact";

export function memo<P extends object>(inner: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const a = this.props as Record<string, unknown>, b = next as Record<string, unknown>;
      for (const k in b) if (k !== "children" && a[k] !== b[k]) return true;
      return false;
    }
    override render(): ComponentChild {
      return h(inner as FunctionComponent<object>, this.props) as VNode;
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}

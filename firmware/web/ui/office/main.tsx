// The office of the box: owners' lists, forms and reports.

import "../shared/base.css";
import "../shared/components.css";
import "./frame.css";
import "./table.css";
import "./form.css";
import "./pages.css";
import { render } from "preact";
import common from "../../i18n/common.json";
import office from "../../i18n/office.json";
import refusals from "../../i18n/refusals.json";
import statusWords from "../../i18n/status.json";
import { session } from "../shared/api";
import { Failure } from "../shared/components";
import { register } from "../shared/i18n";
import { App } from "./app";
import { start } from "./me";

register(common, office, refusals, statusWords);

// The place in the office is behind the #, so it must go along to the login.
session.lost = () => location.assign("/login?next=" + encodeURIComponent(location.pathname + location.search + location.hash));

const root = document.getElementById("app");

async function boot(): Promise<void> {
  if (!root) return;
  try {
    await start();
    root.replaceChildren();
    render(<App />, root);
  } catch (error) {
    root.replaceChildren();
    render(<div class="boot"><Failure error={error} retry={() => location.reload()} /></div>, root);
  }
}

void boot();

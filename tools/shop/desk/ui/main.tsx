// The desk page of a shop in a laptop.

import "../../../../firmware/web/ui/shared/base.css";
import "../../../../firmware/web/ui/shared/components.css";
import "./desk.css";
import "./scene.css";
import "./wires.css";
import { render } from "preact";
import common from "../../../../firmware/web/i18n/common.json";
import desk from "../../../../firmware/web/i18n/desk.json";
import { setShop } from "../../../../firmware/web/ui/shared/format";
import { register, setLang } from "../../../../firmware/web/ui/shared/i18n";
import { Page } from "./page";
import { follow } from "./state";

register(common, desk);
setShop("EUR", "Europe/Berlin"); // where the demo shop is: the log shows the times of the receipts
setLang(localStorage.getItem("tresen.lang") ?? (navigator.language.startsWith("de") ? "de" : "en"));

const root = document.getElementById("app");
if (root) {
  follow();
  root.replaceChildren();
  render(<Page />, root);
}

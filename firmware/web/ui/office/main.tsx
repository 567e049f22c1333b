import "../shared/base.css";
import "../shared/components.css";
import { render } from "preact";

function App() {
  return <h1>Tresen</h1>;
}

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<App />, root);
}

import "../shared/base.css";
import "./login.css";

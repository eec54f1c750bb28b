import { one } from "./imported.js";
import "./imported.js";
await import("./imported.js");
const other = "./imported.js";

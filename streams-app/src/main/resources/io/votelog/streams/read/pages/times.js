import { showTimes, speech } from "./words.js";

showTimes(speech(document.documentElement.lang));

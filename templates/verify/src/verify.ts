// The script of every page with a check: finds what the page asks to have
// checked and shows each step.
import { start } from "./page";

start();

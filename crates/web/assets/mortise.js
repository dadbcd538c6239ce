// Entry point: registers the custom elements. Pages work without any of them; see the head of each file for what it
// adds. No dependencies, no build step; types are JSDoc.

import "./elements/m-arrows.js";
import "./elements/m-bulk.js";
import "./elements/m-copy.js";
import "./elements/m-dialog.js";
import "./elements/m-fields.js";
import "./elements/m-filter.js";
import "./elements/m-live.js";
import "./elements/m-menu.js";
import "./elements/m-narrow.js";
import "./elements/m-reveal.js";
import "./elements/m-schema.js";
import "./elements/m-suggest.js";
import "./elements/m-theme.js";
import "./elements/m-time.js";
import "./elements/m-used.js";
import { showScripted } from "./elements/dom.js";

showScripted(document);

// A narrow screen scrolls its navigation sideways; bring the current entry into view.
const current = document.querySelector(".side [aria-current]");
current?.scrollIntoView({ block: "nearest", inline: "center" });

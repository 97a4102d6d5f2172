/** Of the estimate of a step that drops blocks by their ranking. The panel leaves it out: its form tells them once they are ranked. */
export const unrankedNote = "Which blocks go is known when they have been ranked on the text.";

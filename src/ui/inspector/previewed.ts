/** Second argument of "Inspect Model" where a row was chosen: the focus stays in the list, so that its keys go on working. */
export const previewed = "preview";

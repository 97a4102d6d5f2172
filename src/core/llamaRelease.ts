/** The llama.cpp release that Decant works with: struct layouts, log lines and file types belong to one release. */
export const llamaRelease = "v0.4.0";

/** Scans folders once, in a process of its own: seconds, models found, and whether any had a problem. */
import { ModelLibrary } from "../../src/services/models/modelLibrary";

const [cacheFile, ...folders] = process.argv.slice(2);
const library = new ModelLibrary({ folders: () => folders, cacheFile: cacheFile || undefined, log: { info: () => {}, error: console.error } });
const started = performance.now();
void library.families().then((families) => {
  const seconds = (performance.now() - started) / 1000;
  const files = families.flatMap((family) => family.files);
  console.log(`RESULT ${JSON.stringify({ seconds, files: files.length, problems: files.filter(({ problem }) => problem).length })}`);
});

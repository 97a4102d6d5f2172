import type { ModelLoader } from "./modelLoader";

/** Work with the loaded model, which is not unloaded as idle meanwhile. */
export async function* leased<T>(loader: Pick<ModelLoader, "lease">, work: AsyncGenerator<T>): AsyncGenerator<T> {
  const lease = loader.lease();
  try {
    yield* work;
  } finally {
    lease.dispose();
  }
}

/** The symbol behind `using model = ...`, for compilers whose library does not have it, and engines that do not. */
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** Something that `using` frees at the end of its block. */
export interface Disposes {
  [Symbol.dispose](): void;
}

/** Lets `using` free the instances of a class by their method `dispose`, where the engine knows `using`. */
export function makeDisposable(prototype: { dispose(): void }): void {
  const symbol: symbol | undefined = Symbol.dispose;
  if (symbol === undefined) return;
  Object.defineProperty(prototype, symbol, {
    value(this: { dispose(): void }) {
      this.dispose();
    },
  });
}

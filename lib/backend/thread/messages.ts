import type { ProgramStage } from './program.ts';

/** What the calling thread sends to the others. */
export type ThreadMessage =
  | { readonly type: 'start'; readonly control: Int32Array; readonly threads: number; readonly thread: number }
  | {
      readonly type: 'memory';
      readonly id: number;
      readonly module: WebAssembly.Module;
      readonly tileWidth: 8 | 16;
      readonly memory: WebAssembly.Memory;
    }
  | { readonly type: 'program'; readonly id: number; readonly memory: number; readonly stages: readonly ProgramStage[] }
  | { readonly type: 'dropMemory' | 'dropProgram'; readonly id: number };

/** What a thread sends back: that it has started, or why a piece has failed. */
export type ThreadReply = { readonly type: 'started' } | { readonly type: 'failed'; readonly reason: string };

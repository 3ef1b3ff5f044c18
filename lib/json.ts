/** Anything JSON can hold: what options and states must be, so that they can be saved. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

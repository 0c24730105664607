/** What a refusal carries besides its code, as the server sent it. */
export type Args = Readonly<Record<string, string | number | boolean | undefined>>;

/** A sentence, or one that needs the refusal's arguments. */
export type Told = string | ((args: Args) => string);

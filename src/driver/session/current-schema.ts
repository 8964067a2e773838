/** How HANA is told and asked about the schema. */
export interface SchemaRequests {
  readonly ask: () => Promise<string>;
  readonly choose: (schema: string) => Promise<void>;
}

/** Which schema unqualified names refer to, as far as it is known without asking. */
export class CurrentSchema {
  readonly #requests: SchemaRequests;
  /** Undefined until somebody needed to know. */
  #logon: string | undefined;
  /** Undefined when it is that of the logon and nobody has asked, or when a statement may have chosen it. */
  #current: string | undefined;
  /** A statement may have chosen another one. */
  #lost = false;
  /** The current one was chosen here, for one task. */
  #chosen = false;

  /** @param logon undefined when it is the default of the user. */
  constructor(requests: SchemaRequests, logon: string | undefined) {
    this.#requests = requests;
    this.#logon = logon;
    this.#current = logon;
  }

  /** Says that a statement may have chosen another one. */
  lose(): void {
    this.#current = undefined;
    this.#lost = true;
    this.#chosen = false;
  }

  async get(): Promise<string> {
    const schema = this.#current ?? (await this.#requests.ask());
    this.#current = schema;
    if (!this.#lost) this.#logon ??= schema;
    return schema;
  }

  async set(schema: string | undefined): Promise<void> {
    if (schema === undefined && !this.#chosen) return;
    // What is left for another one must be known to come back to it.
    if (!this.#lost) await this.get();
    const wanted = schema ?? this.#logon;
    if (wanted === undefined || this.#current === wanted) return;
    await this.#requests.choose(wanted);
    this.#current = wanted;
    this.#chosen = schema !== undefined;
  }
}

/** A tag's value: text, or a section of its own in braces. */
export type ProfileValue = string | ProfileSection;

/** A section of krb5.conf: tags with their values, in the order of the file. A tag may stand more than once. */
export class ProfileSection {
  readonly #values = new Map<string, ProfileValue[]>();
  /** Tags to which later files add nothing ("*"). */
  readonly #final = new Set<string>();

  add(tag: string, value: ProfileValue): void {
    if (this.#final.has(tag)) return;
    const values = this.#values.get(tag);
    if (values) values.push(value);
    else this.#values.set(tag, [value]);
  }

  /** The section of a tag, which goes on where it stood before. What is put into a final one is dropped. */
  open(tag: string): ProfileSection {
    const known = this.#final.has(tag) ? undefined : this.sections(tag)[0];
    const section = known ?? new ProfileSection();
    if (!known) this.add(tag, section);
    return section;
  }

  /** Makes a tag final. */
  close(tag: string): void {
    this.#final.add(tag);
  }

  get tags(): string[] {
    return [...this.#values.keys()];
  }

  /** All texts at the end of a path of tags, those of earlier sections first. */
  texts(...path: readonly string[]): string[] {
    return this.#at(path).filter(value => typeof value === 'string');
  }

  /** The first text at the end of a path: the one that counts where there can be one only. */
  text(...path: readonly string[]): string | undefined {
    return this.texts(...path)[0];
  }

  /** All sections at the end of a path. */
  sections(...path: readonly string[]): ProfileSection[] {
    return this.#at(path).filter(value => typeof value !== 'string');
  }

  #at(path: readonly string[]): ProfileValue[] {
    const [tag, ...rest] = path;
    if (tag === undefined) return [];
    const values = this.#values.get(tag) ?? [];
    if (rest.length === 0) return values;
    return values.flatMap(value => (typeof value === 'string' ? [] : value.#at(rest)));
  }
}

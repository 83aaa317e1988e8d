/** Versions of the schema that become the next: each by a file of this folder, `from-<version>.sql`. */
export const UPGRADES: readonly number[] = [1];

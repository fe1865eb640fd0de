/** One version of a service's program. */
export interface Version {
  /** By which it is found again: the full SHA of a commit. */
  readonly id: string;
  /** How people read it: `a1b2c3d "Fix the login"`. */
  readonly label: string;
}

/** What a deploy or a rollback puts in the place of what. */
export interface Release {
  readonly from: Version;
  readonly to: Version;
  /** sha256 (hex) of the settings it was planned by. */
  readonly settings: string;
}

/** How new versions of a service get to where it runs in one environment; see config/deploys.ts. */
export interface PlacedDeploy {
  readonly kind: string;
  /** The component on whose target it is done. */
  readonly component: string;
  /** Every component it concerns, {@link component} first: they are locked. */
  readonly components: readonly string[];
  /** What happens to components once the version is there, in this order. */
  readonly afterwards: readonly {
    readonly component: string;
    readonly action: 'restart' | 'recreate' | 'start' | 'stop';
  }[];
  /** The procedure that runs between the two, such as a migration of the database. */
  readonly migrate?: string;
  /** Its kind's own settings, as written. */
  readonly settings: unknown;
}

/** Thrown where a change is left as it stands, for the next boot to go on with. */
export const LEFT = Symbol('left to the next boot');

/**
 * Judges changes by what configuration says of them. So far that is: whether a row's change has come before, by other
 * means than its source's position, which the resolve stage looks at. It stands before that stage, so that what is dropped
 * here has no say there. With nothing configured it is no keyed stage and every change passes.
 */
package io.gravity.quality;

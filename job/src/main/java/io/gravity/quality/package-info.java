/**
 * Judges changes by what configuration says of them. {@link io.gravity.quality.QualityOperator} finds those that have come
 * before, by other means than their source's position, which the resolve stage looks at; it stands before that stage, so
 * that what is dropped here has no say there, and with nothing configured it is no keyed stage and every change passes.
 * {@link io.gravity.quality.Checks} finds what is wrong with a row. It keeps nothing, so the repair stage calls it
 * where it can do something about it, and once more when it has; whether a row that another names is there, a lookup in
 * front of the line has attached.
 */
package io.gravity.quality;

/**
 * Gravity's functions for Flink SQL: the ones it ships and those in users' jars, each a scalar function of the same name.
 * Beside the flow, for those who look at rows or clean them elsewhere the way a job does. They come as a module, so that
 * one statement brings all of them, whichever there are.
 */
package io.gravity.sql;

/** The contract of types: what becomes of every value of every type on its way, and the matrix test made from it. */
package io.gravity.local.types;

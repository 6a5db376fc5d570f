/** Rows that rules send to one target or another, between real servers. */
package io.gravity.local.route;

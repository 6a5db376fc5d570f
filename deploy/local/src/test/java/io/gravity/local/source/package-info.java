/** The source stage against each kind of database server it has to read. */
package io.gravity.local.source;

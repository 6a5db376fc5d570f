/** Schema changes between real servers: what tables and rows are at the end, whatever the order of changes. */
package io.gravity.local.schema;

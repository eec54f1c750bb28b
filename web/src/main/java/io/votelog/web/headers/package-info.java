/**
 * Reads what clients send in headers, in time that grows with the length alone, and never with an error: what is malformed is as good
 * as not there.
 */
@NullMarked
package io.votelog.web.headers;

import org.jspecify.annotations.NullMarked;

/** Reads approval votes from files in Pabulib's format, and makes a ballot of one. It knows neither a system nor a network. */
@NullMarked
package io.votelog.infra.imports.pabulib;

import org.jspecify.annotations.NullMarked;

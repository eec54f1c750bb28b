/**
 * What the pages of both apps share: how they look, which languages they speak, and how they are rendered and served.
 * Nothing here knows what a page is about.
 */
@NullMarked
package io.votelog.web.pages;

import org.jspecify.annotations.NullMarked;

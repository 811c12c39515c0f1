"""Text that stands on many sites and that nobody copied from any one of them: for the negatives of middling.py.

Odd lines go to the tuning part, even ones to the reporting part. They were written down here from common usage; none
is any site's own.
"""

NOTICES = """
Permission is granted to copy, distribute and/or modify this document under the terms of the GNU Free Documentation License, Version 1.2 or any later version published by the Free Software Foundation; with no Invariant Sections, no Front-Cover Texts, and no Back-Cover Texts.
This program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public License as published by the Free Software Foundation; either version 2 of the License, or (at your option) any later version.
This program is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU General Public License for more details.
Licensed to the Apache Software Foundation (ASF) under one or more contributor license agreements. See the NOTICE file distributed with this work for additional information regarding copyright ownership. The ASF licenses this file to You under the Apache License, Version 2.0.
Unless required by applicable law or agreed to in writing, software distributed under the License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the License for the specific language governing permissions and limitations under the License.
Except where otherwise noted, content on this site is licensed under a Creative Commons Attribution-ShareAlike 3.0 Unported license, and code samples are licensed under the terms that stand beside them in the repository from which they were taken.
All trademarks, service marks, trade names, product names and logos appearing on this site are the property of their respective owners, and their use here does not imply any affiliation with or endorsement by them.
The views and opinions expressed on these pages are those of the authors alone and do not necessarily reflect the official policy or position of any agency, employer, company or institution with which they may be affiliated.
Permission to use, copy, modify, and distribute this software and its documentation for any purpose and without fee is hereby granted, provided that the above copyright notice appear in all copies and that both that copyright notice and this permission notice appear in supporting documentation.
Redistribution and use in source and binary forms, with or without modification, are permitted provided that redistributions of source code retain the above copyright notice, this list of conditions and the following disclaimer.
Printed in the United States of America. No part of this publication may be reproduced, stored in a retrieval system, or transmitted, in any form or by any means, electronic, mechanical, photocopying, recording, or otherwise, without the prior written permission of the publisher.
While every precaution has been taken in the preparation of this document, the publisher and the authors assume no responsibility for errors or omissions, or for damages resulting from the use of the information contained herein or from the use of programs that may accompany it.
"""  # noqa: E501 - a passage is one line

PHRASES = """
We use cookies and similar technologies to give you the best experience on our website. By continuing to browse the site you agree to our use of cookies. You can change your settings at any time.
If you have any questions or comments about this page, or if you have found an error in it, please do not hesitate to contact us by email or through the form that you will find below.
The information in this document is subject to change without notice and should not be construed as a commitment. No responsibility is assumed for any errors that may appear in this document.
Sign up for our newsletter and be the first to hear about new features, special offers and upcoming events. We respect your privacy and you can unsubscribe at any time with a single click.
To report a bug, please search the list of open issues first and make sure that nobody has reported it before. Include the version that you use, the operating system, and the smallest example that shows the problem.
Contributions are welcome, and they are greatly appreciated! Every little bit helps, and credit will always be given. You can contribute in many ways: report bugs, fix bugs, implement features, write documentation, submit feedback.
The key words "MUST", "MUST NOT", "REQUIRED", "SHALL", "SHALL NOT", "SHOULD", "SHOULD NOT", "RECOMMENDED", "MAY", and "OPTIONAL" in this document are to be interpreted as described in RFC 2119.
This page was translated from the original by volunteers. In case of any difference between the translation and the original, the original text prevails, and we are grateful for every correction that you send to us.
You are responsible for maintaining the confidentiality of your account and password and for restricting access to your computer, and you agree to accept responsibility for all activities that occur under your account or password.
Before you begin, make sure that you have the latest version installed, that you have a backup of all of your data, and that you have read the release notes, which list all changes that are not backward compatible.
Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat.
The quick start guide will walk you through the installation, show you how to create your first project, and explain where to go from there. It should take you no more than ten minutes from start to finish.
"""  # noqa: E501

SIGNATURES = """
Methods inherited from class java.lang.Object: clone, equals, finalize, getClass, hashCode, notify, notifyAll, toString, wait, wait, wait. Methods inherited from interface java.util.Collection: parallelStream, removeIf, stream, toArray.
int open(const char *pathname, int flags, mode_t mode); int close(int fd); ssize_t read(int fd, void *buf, size_t count); ssize_t write(int fd, const void *buf, size_t count); off_t lseek(int fd, off_t offset, int whence);
200 OK, 201 Created, 202 Accepted, 204 No Content, 301 Moved Permanently, 302 Found, 304 Not Modified, 400 Bad Request, 401 Unauthorized, 403 Forbidden, 404 Not Found, 405 Method Not Allowed, 409 Conflict, 410 Gone, 500 Internal Server Error, 502 Bad Gateway, 503 Service Unavailable
void *malloc(size_t size); void free(void *ptr); void *calloc(size_t nmemb, size_t size); void *realloc(void *ptr, size_t size); int memcmp(const void *s1, const void *s2, size_t n); void *memcpy(void *dest, const void *src, size_t n);
public static void main(String[] args) throws IOException { BufferedReader in = new BufferedReader(new InputStreamReader(System.in)); String line; while ((line = in.readLine()) != null) { System.out.println(line); } }
Sunday Monday Tuesday Wednesday Thursday Friday Saturday January February March April May June July August September October November December
Afghanistan Albania Algeria Andorra Angola Antigua and Barbuda Argentina Armenia Australia Austria Azerbaijan Bahamas Bahrain Bangladesh Barbados Belarus Belgium Belize Benin Bhutan Bolivia Bosnia and Herzegovina Botswana Brazil Brunei Bulgaria Burkina Faso Burundi
accept-charset accept-encoding accept-language accept-ranges access-control-allow-origin age allow authorization cache-control content-disposition content-encoding content-language content-length content-location content-range content-type cookie date etag expect expires from host
#include <stdio.h> #include <stdlib.h> #include <string.h> int main(int argc, char *argv[]) { if (argc < 2) { fprintf(stderr, "usage: %s file\\n", argv[0]); return EXIT_FAILURE; } return EXIT_SUCCESS; }
def __init__(self, *args, **kwargs): super().__init__(*args, **kwargs) def __repr__(self): return f"{type(self).__name__}()" def __eq__(self, other): return isinstance(other, type(self)) def __hash__(self): return hash(self.key)
SELECT column_name, data_type, character_maximum_length FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'users' ORDER BY ordinal_position; SELECT count(*) FROM pg_stat_activity WHERE state = 'active';
aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray darkgreen darkkhaki darkmagenta
"""  # noqa: E501


def list_passages(text: str, part: str) -> list[str]:
    """The passages of one part; no passage stands in both."""
    lines = text.strip().splitlines()
    return lines[::2] if part == "tuning" else lines[1::2]

"""Reports as mail servers write them (Postfix, Exchange, Gmail), and what else comes into such a mailbox."""

POSTFIX = """\
Return-Path: <>
Delivered-To: {to}
Received: by mail.city.example.jp (Postfix)
\tid 4XYZ; Fri, 20 Nov 2026 10:15:02 +0900 (JST)
Date: Fri, 20 Nov 2026 10:15:02 +0900 (JST)
From: MAILER-DAEMON@mail.city.example.jp (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4XYZ.1763601302/mail.city.example.jp"
Message-Id: <20261120011502.4XYZ@mail.city.example.jp>

This is a MIME-encapsulated message.

--4XYZ.1763601302/mail.city.example.jp
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mail.city.example.jp.

<{recipient}>: host mx.example.jp[192.0.2.7] said: {said}

--4XYZ.1763601302/mail.city.example.jp
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.city.example.jp
X-Postfix-Queue-ID: 4XYZ
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Fri, 20 Nov 2026 10:15:00 +0900 (JST)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.jp
Diagnostic-Code: smtp; {said}

--4XYZ.1763601302/mail.city.example.jp
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

Return-Path: <{to}>
From: noreply@city.example.jp
To: {recipient}
Message-ID: {message_id}
Subject: =?utf-8?b?44GK55+l44KJ44Gb?=

--4XYZ.1763601302/mail.city.example.jp--
"""

# the whole mail below the report, folded status lines, another order of the fields
EXCHANGE = """\
From: <postmaster@example.jp>
To: <{to}>
Date: Fri, 20 Nov 2026 01:15:02 +0000
Content-Type: multipart/report; report-type=delivery-status;
 boundary="85c0bd6d-b9e4-45f8-9d6b-2ef6c6d9d1a3"
Content-Language: ja-JP
Message-ID: <5a1d@EXCH01.example.jp>
In-Reply-To: {message_id}
Subject: =?utf-8?B?6YWN5L+h5LiN6IO9OiDjgYrnn6XjgonjgZs=?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--85c0bd6d-b9e4-45f8-9d6b-2ef6c6d9d1a3
Content-Type: multipart/alternative; differences=Content-Type;
 boundary="c3fb"

--c3fb
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

6YWN5L+h44Gn44GN44G+44Gb44KT44Gn44GX44Gf44CC

--c3fb--

--85c0bd6d-b9e4-45f8-9d6b-2ef6c6d9d1a3
Content-Type: message/delivery-status

Reporting-MTA: dns;EXCH01.example.jp
Received-From-MTA: dns;mail.city.example.jp

Final-Recipient: rfc822;{recipient}
Action: {action}
Status: {status} (mailbox)
Diagnostic-Code: smtp;{said}
X-Display-Name: {recipient}

--85c0bd6d-b9e4-45f8-9d6b-2ef6c6d9d1a3
Content-Type: message/rfc822

From: noreply@city.example.jp
To: {recipient}
Message-ID: {message_id}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

本文

--85c0bd6d-b9e4-45f8-9d6b-2ef6c6d9d1a3--
"""

OUT_OF_OFFICE = """\
From: resident@example.jp
To: {to}
Subject: Re: =?utf-8?b?44GK55+l44KJ44Gb?=
Auto-Submitted: auto-replied
In-Reply-To: {message_id}
Message-ID: <away@example.jp>
Content-Type: text/plain; charset="utf-8"

不在にしております。
"""

RUBBISH = [
    b"",
    b"\x00\xff\xfe garbage",
    b"Content-Type: multipart/report; report-type=delivery-status\n\nno boundary at all",
    (
        b'Content-Type: multipart/report; boundary="x"\n\n--x\nContent-Type: message/delivery-status\n\n'
        b"Action: failed\nStatus\n\nAction: exploded\n\n--x--"
    ),
    b'Content-Type: multipart/mixed; boundary="a"\n\n' + b'--a\nContent-Type: multipart/mixed; boundary="a"\n\n' * 200,
    'Subject: =?utf-8?b?壊れた?=\nTo: "\n\nx'.encode(),
]
"""What is no report, and must stop nothing."""


def bounce(sample, *, message_id, recipient, to="bounces@city.example.jp", action="failed", status="5.1.1", said=""):
    """One report as bytes, with the line ends of a mail."""
    words = said or f"550 {status} <{recipient}>: Recipient address rejected"
    text = sample.format(to=to, recipient=recipient, message_id=message_id, action=action, status=status, said=words)
    return text.replace("\n", "\r\n").encode()
